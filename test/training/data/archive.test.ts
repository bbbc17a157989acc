import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CIFAR10_CLASSES } from '../../../study/shipped/class-names.ts';
import { ArchiveError, readCifar10Archive } from '../../../training/data/archive.ts';
import { PACKED_IMAGE_BYTES } from '../../../training/data/packed-images.ts';

interface TarEntry {
  name: string;
  content: Buffer;
  type?: 'file' | 'symlink' | 'link' | 'directory' | 'character-device' | 'fifo';
  linkname?: string;
}

const FOLDER = 'cifar-10-batches-bin/';

function packedImages(count: number): Buffer {
  const bytes = randomBytes(count * PACKED_IMAGE_BYTES);
  for (let index = 0; index < count; index++) bytes[index * PACKED_IMAGE_BYTES] = index % 10;
  return bytes;
}

/** The entries of a valid archive: ten images in each file. */
function validEntries(): TarEntry[] {
  return [
    { name: FOLDER, content: Buffer.alloc(0), type: 'directory' },
    { name: `${FOLDER}batches.meta.txt`, content: Buffer.from(`${CIFAR10_CLASSES.join('\n')}\n\n`) },
    ...[3, 1, 2, 5, 4].map((number) => ({
      name: `${FOLDER}data_batch_${number}.bin`,
      content: packedImages(10),
    })),
    { name: `${FOLDER}test_batch.bin`, content: packedImages(20) },
    { name: `${FOLDER}readme.html`, content: Buffer.from('<html></html>') },
  ];
}

async function tar(entries: TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const tarGz = async (entries: TarEntry[]) => gzipSync(await tar(entries), { level: 1 });

describe('readCifar10Archive', () => {
  let entries: TarEntry[];
  beforeEach(() => {
    entries = validEntries();
  });

  const named = (base: string): TarEntry => {
    const entry = entries.find(({ name }) => name === `${FOLDER}${base}`);
    if (!entry) throw new Error(`no entry ${base}`);
    return entry;
  };
  async function expectRefusal(bytes: Buffer, message: RegExp | string): Promise<void> {
    const read = readCifar10Archive(bytes);
    await expect(read).rejects.toThrow(ArchiveError);
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toThrow(/cifar-10-binary.tar.gz/);
  }

  it('returns training images in the order of the files, test images, and the hash', async () => {
    const bytes = await tarGz(entries);
    const archive = await readCifar10Archive(bytes);
    const batches = [1, 2, 3, 4, 5].map((number) => named(`data_batch_${number}.bin`).content);
    expect(archive.train.equals(Buffer.concat(batches))).toBe(true);
    expect(archive.test.equals(named('test_batch.bin').content)).toBe(true);
    expect(archive).toMatchObject({
      trainImages: 50,
      testImages: 20,
      classes: [...CIFAR10_CLASSES],
      archiveSha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  describe('from a file', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'archive-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('reads the same', async () => {
      const bytes = await tarGz(entries);
      const file = path.join(folder, 'small.tar.gz');
      await writeFile(file, bytes);
      expect(await readCifar10Archive(file)).toEqual(await readCifar10Archive(bytes));
    });

    it('names the file if it is missing, a folder, or damaged', async () => {
      const file = path.join(folder, 'damaged.tar.gz');
      await writeFile(file, 'not an archive');
      await expect(readCifar10Archive(file)).rejects.toThrow(`${file}: not a valid .tar.gz`);
      const missing = path.join(folder, 'missing.tar.gz');
      await expect(readCifar10Archive(missing)).rejects.toThrow(
        new RegExp(`${missing}: can't be read \\(ENOENT.*check the path`),
      );
      await expect(readCifar10Archive(folder)).rejects.toThrow(`${folder}: can't be read (EISDIR`);
    });
  });

  it('needs neither readme nor folder entry', async () => {
    const archive = await readCifar10Archive(
      await tarGz(entries.filter(({ name }) => name !== FOLDER && !name.endsWith('.html'))),
    );
    expect(archive.trainImages).toBe(50);
  });

  it.each([
    ['../evil.bin'],
    ['/etc/passwd'],
    [`${FOLDER}../data_batch_1.bin`],
    [`${FOLDER}sub/data_batch_1.bin`],
    ['other-folder/data_batch_1.bin'],
    [`${FOLDER}data_batch_6.bin`],
    ['data_batch_1.bin'],
    [`${FOLDER}`],
  ])('refuses a file named %s', async (name) => {
    entries.push({ name, content: packedImages(10), type: 'file' });
    await expectRefusal(await tarGz(entries), /entry ".*" (is unexpected|is a directory|occurs twice)/);
  });

  it.each<[NonNullable<TarEntry['type']>, string]>([
    ['symlink', '/etc/passwd'],
    ['link', `${FOLDER}test_batch.bin`],
    ['character-device', ''],
    ['fifo', ''],
  ])('refuses a %s in place of a file', async (type, linkname) => {
    Object.assign(named('data_batch_2.bin'), { type, linkname, content: Buffer.alloc(0) });
    await expectRefusal(
      await tarGz(entries),
      `entry "${FOLDER}data_batch_2.bin" is a ${type}, expected regular files only`,
    );
  });

  it('refuses another folder', async () => {
    entries.push({ name: 'elsewhere/', content: Buffer.alloc(0), type: 'directory' });
    await expectRefusal(await tarGz(entries), 'entry "elsewhere/" is a directory');
  });

  it('refuses an entry that occurs twice', async () => {
    entries.push({ name: `${FOLDER}data_batch_1.bin`, content: packedImages(10) });
    await expectRefusal(await tarGz(entries), `entry "${FOLDER}data_batch_1.bin" occurs twice`);
  });

  it.each(['data_batch_4.bin', 'test_batch.bin', 'batches.meta.txt'])(
    'reports that %s is missing',
    async (base) => {
      entries.splice(entries.indexOf(named(base)), 1);
      await expectRefusal(await tarGz(entries), `expected it to contain ${base} too`);
    },
  );

  it('refuses a file with an incomplete image', async () => {
    named('data_batch_3.bin').content = packedImages(10).subarray(0, -1);
    await expectRefusal(
      await tarGz(entries),
      'the archive: data_batch_3.bin: expected one or more packed images of 3073 bytes, got 30729',
    );
  });

  it('refuses an empty file', async () => {
    named('test_batch.bin').content = Buffer.alloc(0);
    await expectRefusal(await tarGz(entries), 'test_batch.bin: expected one or more packed images');
  });

  it('refuses a label above 9, and says where it is', async () => {
    named('data_batch_5.bin').content[4 * PACKED_IMAGE_BYTES] = 255;
    await expectRefusal(await tarGz(entries), 'data_batch_5.bin: expected a label from 0 to 9 in image 4');
  });

  it('refuses images that lack a class', async () => {
    named('test_batch.bin').content = packedImages(8);
    await expectRefusal(await tarGz(entries), 'expected test images of every class, got none of ship, truck');
  });

  it.each([
    ['other classes', `${['beaver', ...CIFAR10_CLASSES.slice(1)].join('\n')}\n`],
    ['classes in another order', `${[...CIFAR10_CLASSES].reverse().join('\n')}\n`],
    ['too few classes', `${CIFAR10_CLASSES.slice(0, 9).join('\n')}\n`],
  ])('refuses %s', async (_what, text) => {
    named('batches.meta.txt').content = Buffer.from(text);
    await expectRefusal(await tarGz(entries), /batches.meta.txt: expected the classes airplane, .* got "/);
  });

  it('refuses a file that is too large, before reading it', async () => {
    named('data_batch_1.bin').content = Buffer.alloc(10_001 * PACKED_IMAGE_BYTES);
    await expectRefusal(
      await tarGz(entries),
      `entry "${FOLDER}data_batch_1.bin" has 30733073 bytes, expected at most 30730000`,
    );
    entries = validEntries();
    named('readme.html').content = Buffer.alloc(1_000_000);
    await expectRefusal(await tarGz(entries), `entry "${FOLDER}readme.html" has 1000000 bytes`);
  });

  it('refuses an archive that decompresses to too much', async () => {
    // A tar of padding only: 200 MB in 200 kB.
    await expectRefusal(gzipSync(Buffer.alloc(200_000_000)), /decompresses to more than \d+ bytes/);
  });

  it('reports a cut-off archive, wherever the cut is', async () => {
    const bytes = await tarGz(entries);
    for (const part of [0, 0.001, 0.1, 0.5, 0.9, 0.9999]) {
      await expectRefusal(
        bytes.subarray(0, Math.floor(bytes.length * part)),
        /cut off: its gzip data ends too early/,
      );
    }
  });

  it('reports a cut-off tar inside, wherever the cut is', async () => {
    const bytes = await tar(entries);
    for (const length of [0, 100, 512, 1_000, 40_000, 100_000]) {
      await expectRefusal(gzipSync(bytes.subarray(0, length)), /not a valid .tar.gz|ends before/);
    }
  });

  it('refuses a file that is not gzip, not tar, or damaged', async () => {
    await expectRefusal(randomBytes(1_000).fill(0, 0, 1), /not a valid .tar.gz \(incorrect header check/);
    await expectRefusal(await tar(entries), /not a valid .tar.gz/);
    await expectRefusal(gzipSync(randomBytes(4_096)), /not a valid .tar.gz \(Invalid tar header/);
    const bytes = await tarGz(entries);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] as number) ^ 0xff;
    await expectRefusal(bytes, /not a valid .tar.gz|expected a label/);
  });
});
