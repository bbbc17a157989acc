import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localGarbage } from '../../../storage/inputs/local-garbage.ts';

const OLD = new Date('2026-01-01T00:00:00Z');
const BEFORE = new Date('2026-02-01T00:00:00Z');
const hash = 'ab'.repeat(32);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-garbage-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('is what nobody has read or written for a while, and nothing of others', async () => {
  const old = [
    `${hash}.records`,
    `${hash}.safetensors`,
    `${hash}.records.1-2.tmp`,
    '0123456789abcdef-a.tar.gz.partial',
  ];
  const others = ['photo.jpg', `${hash}.txt`, 'abcdef-notes'];
  for (const name of [...old, ...others]) {
    await writeFile(join(folder, name), 'bytes');
    await utimes(join(folder, name), OLD, OLD);
  }
  await mkdir(join(folder, `${'cd'.repeat(32)}.records`));
  await writeFile(join(folder, `${'ef'.repeat(32)}.records`), 'just written');
  const read = join(folder, `${'01'.repeat(32)}.records`);
  await writeFile(read, 'written long ago');
  await utimes(read, new Date(), OLD);
  const found = await localGarbage(folder, BEFORE);
  expect(found.map(({ path }) => basename(path)).sort()).toEqual(old.sort());
  expect(found[0]?.sizeBytes).toBe(5);
});

it('is nothing if there is no such folder', async () => {
  expect(await localGarbage(join(folder, 'none'), BEFORE)).toEqual([]);
});
