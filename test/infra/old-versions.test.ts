import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOnPath } from '../../infra/parts/commands.ts';
import { cacheIn } from '../../infra/parts/part.ts';
import { deleteUnused, otherVersions } from '../../infra/setup/old-versions.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'old-versions-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('other versions are deleted, except those that are kept, running, or named in the environment of a process', async () => {
  const elsewhere = join(folder, 'other-disk');
  mkdirSync(join(folder, '.cache'));
  mkdirSync(elsewhere);
  const cache = cacheIn(folder);
  expect(otherVersions(cache, new Set())).toEqual([]);
  symlinkSync(elsewhere, cache.native);
  for (const name of ['server-1', 'server-2', 'server-3', 'library-1', 'library-2', 'library-20']) {
    mkdirSync(join(cache.native, name, 'bin'), { recursive: true });
  }
  const program = join(cache.native, 'server-2', 'bin', 'sleep');
  cpSync(findOnPath('sleep') ?? '', program, { dereference: true });
  const running = spawn(program, ['60'], {
    env: { LD_LIBRARY_PATH: `/none:${join(cache.native, 'library-2', 'lib')}:/none` },
  });
  await once(running, 'spawn');
  try {
    const old = otherVersions(cache, new Set(['server-3']));
    expect(old.sort()).toEqual(['library-1', 'library-2', 'library-20', 'server-1', 'server-2']);
    expect((await deleteUnused(cache, old)).sort()).toEqual(['library-1', 'library-20', 'server-1']);
    expect(readdirSync(cache.native).sort()).toEqual(['library-2', 'server-2', 'server-3']);
    expect(readdirSync(cache.tmp)).toEqual([]);
  } finally {
    running.kill();
    await once(running, 'exit');
  }
  expect((await deleteUnused(cache, ['library-2', 'server-2'])).sort()).toEqual(['library-2', 'server-2']);
});
