import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensurePeers } from '../../bench/peers.ts';
import { UserError } from '../../infra/user-error.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'peers-'));
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function command(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

test('says which Python is needed if there is none', async () => {
  await expect(ensurePeers()).rejects.toThrow(UserError);
  await expect(ensurePeers()).rejects.toThrow(
    /^Python: expected 3\.11, 3\.12 or 3\.13 with its venv module, got none on PATH; install one, for example: .*$/,
  );
});

test('says which Python was found if none is suitable, and skips commands that do not work', async () => {
  command('python3', 'echo 3.9');
  command('python3.12', 'exit 127');
  await expect(ensurePeers()).rejects.toThrow(/got python3 is 3\.9; install one/);
});
