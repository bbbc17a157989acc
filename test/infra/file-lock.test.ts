import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock, withFileLock } from '../../infra/file-lock.ts';
import { identifySelf } from '../../infra/process-identity.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('there is one holder at a time, and no file remains', () => {
  const lock = tryLock(path);
  expect(lock).toBeDefined();
  expect(tryLock(path)).toBeUndefined();
  lock?.release();
  tryLock(path)?.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('those who wait take turns', async () => {
  const events: string[] = [];
  const enter = (name: string) =>
    withFileLock(
      path,
      ({ pid }) => events.push(`${name} waits for ${pid}`),
      async () => {
        events.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${name} out`);
      },
    );
  await Promise.all([enter('a'), enter('b')]);
  expect(events).toEqual(['a in', `b waits for ${process.pid}`, 'a out', 'b in', 'b out']);
});

test('the lock of a process that has died is taken over, even if its number is in use again', () => {
  const { pid } = spawnSync('true');
  for (const holder of [
    { pid, started: 'before' },
    { ...identifySelf(), started: 'before' },
  ]) {
    writeFileSync(path, JSON.stringify({ ...holder, id: 'dead' }));
    const lock = tryLock(path);
    expect(lock).toBeDefined();
    lock?.release();
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('the error of a damaged lock file says what to do', () => {
  writeFileSync(path, '{');
  expect(() => tryLock(path)).toThrow(/delete the file/);
});
