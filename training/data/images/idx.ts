import { basename } from 'node:path/posix';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError } from '../data-error.ts';
import { numbered } from '../numbered.ts';
import type { ReadExamples } from '../read-examples.ts';
import { MOST_FILE_BYTES, type SourceFile, type SourceFiles } from '../sources/source-file.ts';
import { type HeldImages, heldImages } from './held-images.ts';
import type { ImageForm } from './prepare-image.ts';

/** Whether a source has IDX files, as MNIST and Fashion-MNIST do. */
export function isIdx(source: SourceFiles): boolean {
  return source.files.some((file) => partOf(file)?.is === 'images');
}

/**
 * Reads the four IDX files of MNIST's form, gzipped or not: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`. Without the two of `t10k`, test images are split off.
 *
 * @throws {DataError}
 */
export async function readIdx(source: SourceFiles, where: string, data: ImageForm): Promise<ReadExamples> {
  const found = new Map<string, SourceFile>();
  for (const file of source.files) {
    const part = partOf(file);
    if (part) found.set(`${part.side} ${part.is}`, file);
  }
  const sides =
    found.has('t10k images') || found.has('t10k labels')
      ? (['train', 't10k'] as const)
      : (['train'] as const);
  const parts: HeldImages[] = [];
  const labels: number[] = [];
  const isTest: number[] = [];
  for (const side of sides) {
    const [images, classes] = await Promise.all([
      contentOf(source, found.get(`${side} images`), `${side}-images-idx3-ubyte`, where),
      contentOf(source, found.get(`${side} labels`), `${side}-labels-idx1-ubyte`, where),
    ]);
    const own = imagesIn(images.bytes, `${where}: ${images.path}`);
    const ownLabels = labelsIn(classes.bytes, `${where}: ${classes.path}`);
    if (ownLabels.length !== own.count) {
      throw new DataError(
        `${where}: expected a label for each of ${own.count} images of ${images.path}, got ${ownLabels.length} in ${classes.path}`,
      );
    }
    parts.push(own);
    for (const label of ownLabels) {
      labels.push(label);
      isTest.push(Number(side === 't10k'));
    }
  }
  const { names, numbers } = numbered(labels.map(String));
  return {
    classes: names,
    labels: Uint16Array.from(numbers),
    ...(sides.length === 2 && { isTest: Uint8Array.from(isTest) }),
    read: heldImages(parts, data),
  };
}

// --- helpers ---

const unzip = promisify(gunzip);

function partOf({ path }: SourceFile): { side: string; is: 'images' | 'labels' } | undefined {
  const [, side, is] = /^(train|t10k)-(images|labels)[-.]idx[13]-ubyte(?:\.gz)?$/.exec(basename(path)) ?? [];
  return side === undefined ? undefined : { side, is: is as 'images' | 'labels' };
}

async function contentOf(source: SourceFiles, file: SourceFile | undefined, name: string, where: string) {
  if (!file) throw new DataError(`${where}: expected the file ${name}, got none; add it`);
  const { path } = file;
  let bytes: Buffer = Buffer.alloc(0);
  await source.readEach(new Set([path]), async (_file, content) => {
    bytes = content;
  });
  if (!path.endsWith('.gz')) return { path, bytes };
  try {
    return { path, bytes: await unzip(bytes, { maxOutputLength: MOST_FILE_BYTES }) };
  } catch (cause) {
    throw new DataError(
      `${where}: ${path}: can't be unzipped (${(cause as Error).message}); download it again`,
      { cause },
    );
  }
}

/** Unsigned bytes with a number of axes; then the length of each axis. */
function lengthsIn(bytes: Buffer, axes: number, where: string): number[] {
  const start = 4 + 4 * axes;
  if (bytes.length < start || bytes.readUInt32BE(0) !== 0x0800 + axes) {
    throw new DataError(
      `${where}: expected an IDX file of bytes with ${axes} axes, got another; download it again`,
    );
  }
  const lengths = Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const size = lengths.reduce((product, length) => product * length, 1);
  if (size < 1 || bytes.length !== start + size) {
    throw new DataError(
      `${where}: expected ${start + size} bytes for ${lengths.join('×')} values, got ${bytes.length}; download it again`,
    );
  }
  return lengths;
}

function imagesIn(bytes: Buffer, where: string): HeldImages {
  const [count = 0, height = 0, width = 0] = lengthsIn(bytes, 3, where);
  return { count, height, width, channels: 1, pixels: bytes.subarray(16) };
}

function labelsIn(bytes: Buffer, where: string): Buffer {
  lengthsIn(bytes, 1, where);
  return bytes.subarray(8);
}
