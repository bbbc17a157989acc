import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract, type Header } from 'tar-stream';
import { CIFAR10_CLASSES } from '../../study/shipped/class-names.ts';
import { checkPackedImages, countLabels, PACKED_IMAGE_BYTES } from './packed-images.ts';

/** CIFAR-10's binary archive as its authors publish it. */
export const OFFICIAL_ARCHIVE = {
  url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  sizeBytes: 170_052_171,
  sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
} as const;

/** An archive that can't be used; the message names the archive and the entry, what was expected and what was found. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

export interface Cifar10Archive {
  /** The packed images of all five training files, in order. */
  train: Buffer;
  test: Buffer;
  trainImages: number;
  testImages: number;
  classes: string[];
  /** Of the archive itself. */
  archiveSha256: string;
}

/**
 * Reads an archive in the layout of CIFAR-10's binary version, with up to 10,000 images in each file. It writes nothing
 * to disk and accepts only the expected entries.
 *
 * @param source the archive's bytes, or its path.
 * @throws {ArchiveError}
 */
export async function readCifar10Archive(source: Uint8Array | string): Promise<Cifar10Archive> {
  const where = typeof source === 'string' ? source : 'the archive';
  const archiveSha256 = await archiveDigest(source);
  const files = await readEntries(open(source), where);

  const missing = [...TRAINING_FILES, TEST_FILE, CLASSES_FILE].filter((name) => !files.has(name));
  if (missing.length > 0) {
    throw new ArchiveError(
      `${where}: expected it to contain ${missing.join(', ')} too, but it ends before; ${REMEDY}`,
    );
  }
  const file = (name: string): Buffer => files.get(name) as Buffer;

  for (const name of [...TRAINING_FILES, TEST_FILE]) {
    try {
      checkPackedImages(file(name), `${where}: ${name}`);
    } catch (cause) {
      throw new ArchiveError(`${(cause as Error).message}; ${REMEDY}`, { cause });
    }
  }
  const train = Buffer.concat(TRAINING_FILES.map(file));
  const test = file(TEST_FILE);
  checkClasses(file(CLASSES_FILE), train, test, where);
  return {
    train,
    test,
    trainImages: train.length / PACKED_IMAGE_BYTES,
    testImages: test.length / PACKED_IMAGE_BYTES,
    classes: [...CIFAR10_CLASSES],
    archiveSha256,
  };
}

/**
 * @param source the archive's bytes, or its path.
 * @returns its SHA-256. Nothing of it is checked.
 * @throws {ArchiveError} if it can't be read.
 */
export async function archiveDigest(source: Uint8Array | string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of open(source)) hash.update(chunk);
  } catch (cause) {
    throw new ArchiveError(`${source}: can't be read (${(cause as Error).message}); check the path`, {
      cause,
    });
  }
  return hash.digest('hex');
}

// --- helpers ---

const FOLDER = 'cifar-10-batches-bin/';
const TRAINING_FILES = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
const TEST_FILE = 'test_batch.bin';
const CLASSES_FILE = 'batches.meta.txt';

/** The archive's possible files, with the most bytes each may have. */
const LARGEST_BYTES = new Map([
  ...[...TRAINING_FILES, TEST_FILE].map((name): [string, number] => [name, 10_000 * PACKED_IMAGE_BYTES]),
  [CLASSES_FILE, 1_024],
  ['readme.html', 65_536],
]);
/** Including the tar's own headers and padding. */
const LARGEST_TAR_BYTES = [...LARGEST_BYTES.values()].reduce((sum, size) => sum + size) + 1_048_576;

const REMEDY =
  "download it again, or use CIFAR-10's binary version (cifar-10-binary.tar.gz) or another archive with its layout";

function open(source: Uint8Array | string): Readable {
  return typeof source === 'string' ? createReadStream(source) : Readable.from([source]);
}

/** Decompresses and checks while it reads, so that it stops at the first fault of a hostile archive. */
async function readEntries(archive: Readable, where: string): Promise<Map<string, Buffer>> {
  const entries = extract();
  const [read, fed] = await Promise.allSettled([
    collectFiles(entries, where),
    pipeline(archive, createGunzip(), limitSize, entries),
  ]);
  if (read.status === 'fulfilled' && fed.status === 'fulfilled') return read.value;
  // A fault of an entry is the best explanation; otherwise the error that broke the stream, not its consequences.
  const errors = [read, fed].flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
  const cause = errors.find((error) => error instanceof ArchiveError) ?? errors.at(-1);
  if (cause instanceof TarTooLargeError) {
    throw new ArchiveError(`${where}: decompresses to more than ${LARGEST_TAR_BYTES} bytes; ${REMEDY}`, {
      cause,
    });
  }
  if (cause instanceof ArchiveError) throw cause;
  const cutOff = cause && 'code' in cause && cause.code === 'Z_BUF_ERROR';
  const problem = cutOff
    ? 'cut off: its gzip data ends too early'
    : `not a valid .tar.gz (${cause?.message})`;
  throw new ArchiveError(`${where}: ${problem}; ${REMEDY}`, { cause });
}

class TarTooLargeError extends Error {}

async function* limitSize(tar: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const chunk of tar) {
    sizeBytes += chunk.length;
    if (sizeBytes > LARGEST_TAR_BYTES) throw new TarTooLargeError();
    yield chunk;
  }
}

async function collectFiles(entries: Extract, where: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of entries) {
    const name = checkHeader(entry.header, files, where);
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (name) files.set(name, Buffer.concat(chunks));
  }
  return files;
}

/** @returns the file's name, or undefined for the folder that contains all files. */
function checkHeader(header: Header, files: Map<string, Buffer>, where: string): string | undefined {
  const { name, type, size } = header;
  const refuse = (problem: string): never => {
    throw new ArchiveError(`${where}: entry ${JSON.stringify(name)} ${problem}; ${REMEDY}`);
  };
  if (type === 'directory' && (name === FOLDER || `${name}/` === FOLDER)) return undefined;
  if (type !== 'file') return refuse(`is a ${type}, expected regular files only`);
  const base = name.startsWith(FOLDER) ? name.slice(FOLDER.length) : '';
  const largest = LARGEST_BYTES.get(base);
  if (largest === undefined) {
    return refuse(`is unexpected; expected ${[...LARGEST_BYTES.keys()].join(', ')}, all in ${FOLDER}`);
  }
  if (files.has(base)) return refuse('occurs twice');
  if (size > largest) return refuse(`has ${size} bytes, expected at most ${largest}`);
  return base;
}

function checkClasses(names: Buffer, train: Buffer, test: Buffer, where: string): void {
  const classes = names
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (classes.join() !== CIFAR10_CLASSES.join()) {
    throw new ArchiveError(
      `${where}: ${CLASSES_FILE}: expected the classes ${CIFAR10_CLASSES.join(', ')}, got ` +
        `${JSON.stringify(classes.join(', ').slice(0, 200))}; ${REMEDY}`,
    );
  }
  for (const [part, packed] of [['training', train] as const, ['test', test] as const]) {
    const counts = countLabels(packed);
    const absent = CIFAR10_CLASSES.filter((_, label) => counts[label] === 0);
    if (absent.length > 0) {
      throw new ArchiveError(
        `${where}: expected ${part} images of every class, got none of ${absent.join(', ')}; ${REMEDY}`,
      );
    }
  }
}
