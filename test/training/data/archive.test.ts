import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CIFAR10_CLASSES } from '../../../study/shipped/class-names.ts';
import { ArchiveError, readCifar10Archive } from '../../../training/data/archive.ts';
import { RECORD_BYTES } from '../../../training/data/records.ts';

interface TarEntry {
  name: string;
  content: Buffer;
  type?: 'file' | 'symlink' | 'link' | 'directory' | 'character-device' | 'fifo';
  linkname?: string;
}

const FOLDER = 'cifar-10-batches-bin/';

function records(count: number): Buffer {
  const bytes = randomBytes(count * RECORD_BYTES);
  for (let index = 0; index < count; index++) bytes[index * RECORD_BYTES] = index % 10;
  return bytes;
}

/** A sound archive's entries: ten images a file. */
function soundEntries(): TarEntry[] {
  return [
    { name: FOLDER, content: Buffer.alloc(0), type: 'directory' },
    { name: `${FOLDER}batches.meta.txt`, content: Buffer.from(`${CIFAR10_CLASSES.join('\n')}\n\n`) },
    ...[3, 1, 2, 5, 4].map((number) => ({ name: `${FOLDER}data_batch_${number}.bin`, content: records(10) })),
    { name: `${FOLDER}test_batch.bin`, content: records(20) },
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
    entries = soundEntries();
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

  it('gives training records in the order of the files, test records, and the hash', async () => {
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

    it('names the file where it is missing, a folder, or damaged', async () => {
      const file = path.join(folder, 'damaged.tar.gz');
      await writeFile(file, 'not an archive');
      await expect(readCifar10Archive(file)).rejects.toThrow(`${file}: no sound .tar.gz`);
      const missing = path.join(folder, 'missing.tar.gz');
      await expect(readCifar10Archive(missing)).rejects.toThrow(
        new RegExp(`${missing}: can't be read \\(ENOENT.*check the path`),
      );
      await expect(readCifar10Archive(folder)).rejects.toThrow(`${folder}: can't be read (EISDIR`);
    });
  });

  it('does without readme and folder entry', async () => {
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
    entries.push({ name, content: records(10), type: 'file' });
    await expectRefusal(await tarGz(entries), /entry ".*" (isn't expected|is a directory|comes twice)/);
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

  it('refuses an entry that comes twice', async () => {
    entries.push({ name: `${FOLDER}data_batch_1.bin`, content: records(10) });
    await expectRefusal(await tarGz(entries), `entry "${FOLDER}data_batch_1.bin" comes twice`);
  });

  it.each(['data_batch_4.bin', 'test_batch.bin', 'batches.meta.txt'])('misses %s', async (base) => {
    entries.splice(entries.indexOf(named(base)), 1);
    await expectRefusal(await tarGz(entries), `expected ${base} in it too`);
  });

  it('refuses a file of no whole records', async () => {
    named('data_batch_3.bin').content = records(10).subarray(0, -1);
    await expectRefusal(
      await tarGz(entries),
      'the archive: data_batch_3.bin: expected one or more records of 3073 bytes, got 30729',
    );
  });

  it('refuses an empty file', async () => {
    named('test_batch.bin').content = Buffer.alloc(0);
    await expectRefusal(await tarGz(entries), 'test_batch.bin: expected one or more records');
  });

  it('refuses a label above 9 and says where', async () => {
    named('data_batch_5.bin').content[4 * RECORD_BYTES] = 255;
    await expectRefusal(await tarGz(entries), 'data_batch_5.bin: expected a label from 0 to 9 in record 4');
  });

  it('refuses images that lack a class', async () => {
    named('test_batch.bin').content = records(8);
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

  it('refuses a file that is larger than any of its kind, before it is read', async () => {
    named('data_batch_1.bin').content = Buffer.alloc(10_001 * RECORD_BYTES);
    await expectRefusal(
      await tarGz(entries),
      `entry "${FOLDER}data_batch_1.bin" has 30733073 bytes, expected at most 30730000`,
    );
    entries = soundEntries();
    named('readme.html').content = Buffer.alloc(1_000_000);
    await expectRefusal(await tarGz(entries), `entry "${FOLDER}readme.html" has 1000000 bytes`);
  });

  it('stops at what decompresses without end', async () => {
    // A tar of nothing but padding: 300 MB in 300 kB.
    const started = performance.now();
    await expectRefusal(gzipSync(Buffer.alloc(300_000_000)), /decompresses to more than \d+ bytes/);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('says that it is cut off, wherever it is', async () => {
    const bytes = await tarGz(entries);
    for (const part of [0, 0.001, 0.1, 0.5, 0.9, 0.9999]) {
      await expectRefusal(
        bytes.subarray(0, Math.floor(bytes.length * part)),
        /cut off, its gzip data ends too early/,
      );
    }
  });

  it('says that the tar inside is cut off, wherever it is', async () => {
    const bytes = await tar(entries);
    for (const length of [0, 100, 512, 1_000, 40_000, 100_000]) {
      await expectRefusal(gzipSync(bytes.subarray(0, length)), /no sound .tar.gz|ends before/);
    }
  });

  it('refuses what is no gzip file, no tar file, or damaged', async () => {
    await expectRefusal(randomBytes(1_000).fill(0, 0, 1), /no sound .tar.gz \(incorrect header check/);
    await expectRefusal(await tar(entries), /no sound .tar.gz/);
    await expectRefusal(gzipSync(randomBytes(4_096)), /no sound .tar.gz \(Invalid tar header/);
    const bytes = await tarGz(entries);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] as number) ^ 0xff;
    await expectRefusal(bytes, /no sound .tar.gz|expected a label/);
  });
});
