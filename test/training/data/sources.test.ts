import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../../../training/data/data-error.ts';
import { openSourceFiles } from '../../../training/data/sources/source-files.ts';
import { tarGzOf, tarOf, writeTree, zipOf, zipOfEntries } from './archives.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const TREE = { 'cat/b.png': 'second', 'cat/a.png': 'first', 'dog/ü.png': 'third', '.DS_Store': 'hidden' };

describe('a folder and its archives', () => {
  it('have the same files, sorted, with the same contents', async () => {
    await writeTree(join(folder, 'tree'), TREE);
    const paths = [
      join(folder, 'tree'),
      await written('a.tar', await tarOf(TREE)),
      await written('a.tar.gz', await tarGzOf(TREE)),
      await written('a.zip', zipOf(TREE)),
    ];
    for (const path of paths) {
      expect(await contents(path)).toEqual([
        ['cat/a.png', 'first'],
        ['cat/b.png', 'second'],
        ['dog/ü.png', 'third'],
      ]);
    }
  });

  it('are none if the file is another one', async () => {
    expect(await openSourceFiles(await written('table.csv', 'a,b\n1,2\n'))).toBeUndefined();
  });
});

describe('hostile sources are refused in one line', () => {
  const big = Buffer.alloc(200_000_000);
  it.each<[string, string, () => Promise<Buffer> | Buffer, RegExp]>([
    [
      'a link in a tar',
      'a.tar',
      () => tarOf(TREE, [{ name: 'x.png', type: 'symlink', linkname: '/etc/passwd' }]),
      /"x.png" is a symlink/,
    ],
    [
      'a hard link in a tar',
      'a.tar',
      () => tarOf(TREE, [{ name: 'x.png', type: 'link', linkname: 'cat/a.png' }]),
      /"x.png" is a link/,
    ],
    [
      'a device in a tar',
      'a.tar',
      () => tarOf(TREE, [{ name: 'x', type: 'character-device' }]),
      /"x" is a character-device/,
    ],
    ['a name outside in a tar', 'a.tar', () => tarOf({ '../x.png': 'x' }), /leads out of the archive/],
    ['an absolute name in a tar', 'a.tar', () => tarOf({ '/etc/x.png': 'x' }), /leads out of the archive/],
    [
      'a folder outside in a tar',
      'a.tar',
      () => tarOf({}, [{ name: '../x', type: 'directory' }]),
      /leads out of the archive/,
    ],
    [
      'a name outside in a zip',
      'a.zip',
      () => zipOf({ '../x.png': 'x' }),
      /invalid relative path|leads out of the archive/,
    ],
    [
      'a backslash in a zip',
      'a.zip',
      () => zipOf({ 'a\\..\\..\\x.png': 'x' }),
      /invalid|leads out of the archive/,
    ],
    [
      'a link in a zip',
      'a.zip',
      () => zipOfEntries([{ name: 'x.png', content: Buffer.from('/etc/passwd'), mode: 0o120777 }]),
      /"x.png" is a link/,
    ],
    [
      'a name twice in a zip',
      'a.zip',
      () => zipOfEntries([1, 2].map((n) => ({ name: 'x.png', content: Buffer.of(n) }))),
      /"x.png" occurs twice/,
    ],
    [
      'a bomb in a zip',
      'a.zip',
      () => zipOfEntries([{ name: 'x.png', content: big }]),
      /more than a hundred times its size/,
    ],
    ['a bomb in a tar.gz', 'a.tar.gz', () => tarGzOf({ 'x.png': big }), /more than a hundred times its size/],
    [
      'a cut off tar.gz',
      'a.tar.gz',
      async () => (await tarGzOf(TREE)).subarray(0, 120),
      /damaged or cut off/,
    ],
    ['an empty file', 'a.zip', () => Buffer.alloc(0), /empty file/],
  ])('%s', async (_title, name, content, message) => {
    const path = await written(name, await content());
    await expect(openSourceFiles(path)).rejects.toThrow(oneLine(message));
    await expect(openSourceFiles(path)).rejects.toBeInstanceOf(DataError);
  });

  it('a link in a folder', async () => {
    await writeTree(folder, TREE);
    await symlink('/etc/passwd', join(folder, 'cat', 'x.png'));
    await expect(openSourceFiles(folder)).rejects.toThrow(/"cat\/x.png" is a link/);
  });

  it('an entry that is larger than it says, or has another checksum', async () => {
    const content = Buffer.from('more than five bytes');
    for (const entry of [{ statedBytes: 5 }, { crc: 1 }]) {
      const path = await written('a.zip', zipOfEntries([{ name: 'x.png', content, ...entry }]));
      await expect(contents(path)).rejects.toThrow(/damaged/);
    }
  });

  it('no such file', async () => {
    await expect(openSourceFiles(join(folder, 'none'))).rejects.toThrow(/can't be read/);
  });
});

it('damage anywhere gives the right contents or one line', async () => {
  const archives = { 'a.zip': zipOf(TREE), 'a.tar': await tarOf(TREE), 'a.tar.gz': await tarGzOf(TREE) };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.entries(archives)),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async ([name, archive], place, flip, isCut) => {
        const at = Math.floor(place * archive.length);
        const damaged = isCut ? archive.subarray(0, at) : Buffer.from(archive);
        if (!isCut) damaged[at] = (damaged[at] as number) ^ flip;
        const path = await written(name, damaged);
        try {
          await contents(path);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as Error).message).not.toContain('\n');
        }
      },
    ),
    { numRuns: 300 },
  );
});

// --- helpers ---

async function written(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function contents(path: string): Promise<[string, string][]> {
  const source = await openSourceFiles(path);
  const found = new Map<string, string>();
  const wanted = new Set(source?.files.map((file) => file.path));
  await source?.readEach(wanted, async (file, bytes) => void found.set(file.path, bytes.toString()));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The message, without a line break. */
function oneLine(message: RegExp): RegExp {
  return new RegExp(`^[^\\n]*(${message.source})[^\\n]*$`);
}
