import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launch, untilHealthy } from '../../infra/servers/managed-process.ts';

test('a server that panics while it starts: the message has the reason, which stands before the stack trace', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'managed-process-'));
  const script = "echo 'panic: listen tcp 127.0.0.1:7233: bind: address already in use'; seq 1 40; exit 2";
  const server = launch({
    name: 'The server',
    command: 'sh',
    args: ['-c', script],
    env: {},
    logFile: join(folder, 'server.log'),
    graceMs: 1000,
  });
  const start = untilHealthy(server, async () => false, 10_000);
  await expect(start).rejects.toThrow(
    /The server ended with exit code 2 .* It printed:\npanic: .* address already in use\n/,
  );
  rmSync(folder, { recursive: true });
});
