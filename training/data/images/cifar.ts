import { basename } from 'node:path/posix';
import { DataError } from '../data-error.ts';
import type { ReadExamples } from '../read-examples.ts';
import type { SourceFiles } from '../sources/source-file.ts';
import { heldImages } from './held-images.ts';
import type { ImageForm } from './prepare-image.ts';

/** A binary version of CIFAR: a file has records of some labels, and the image's red, green and blue planes. */
interface Version {
  train: string[];
  test: string;
  /** How many labels a record has. */
  labels: number;
  /** The file of class names for each label, and their number. */
  names: { file: string; classes: number }[];
}

const CIFAR10: Version = {
  train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
  test: 'test_batch.bin',
  labels: 1,
  names: [{ file: 'batches.meta.txt', classes: 10 }],
};
const CIFAR100: Version = {
  train: ['train.bin'],
  test: 'test.bin',
  labels: 2,
  names: [
    { file: 'coarse_label_names.txt', classes: 20 },
    { file: 'fine_label_names.txt', classes: 100 },
  ],
};
const IMAGE = { height: 32, width: 32, channels: 3, hasPlanes: true } as const;
const IMAGE_BYTES = 32 * 32 * 3;

/** Whether a source has the files of CIFAR-10 or CIFAR-100. */
export function isCifar(source: SourceFiles): boolean {
  return versionOf(source) !== undefined;
}

/**
 * Reads CIFAR-10's or CIFAR-100's binary version.
 *
 * @param classes 100 or 20 choose the fine or the coarse labels of CIFAR-100. Default: the fine ones.
 * @throws {DataError}
 */
export async function readCifar(
  source: SourceFiles,
  where: string,
  data: ImageForm & { classes?: number | undefined },
): Promise<ReadExamples> {
  const version = versionOf(source) as Version;
  const label = Math.max(
    0,
    version.names.findIndex(({ classes }) => classes === (data.classes ?? 100)),
  );
  const names = version.names[label] as Version['names'][number];
  const wanted = [...version.train, version.test, names.file];
  const contents = await contentsOf(source, wanted, where);
  const classes = (contents.get(names.file) as Buffer)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (classes.length !== names.classes) {
    throw new DataError(
      `${where}: ${names.file}: expected ${names.classes} class names, got ${classes.length}; download the archive again`,
    );
  }
  const record = version.labels + IMAGE_BYTES;
  const labels: number[] = [];
  const isTest: number[] = [];
  const parts = [...version.train, version.test].map((file) => {
    const bytes = contents.get(file) as Buffer;
    const count = bytes.length / record;
    if (!Number.isInteger(count) || count === 0) {
      throw new DataError(
        `${where}: ${file}: expected records of ${record} bytes, got ${bytes.length} bytes; download the archive again`,
      );
    }
    const pixels = new Uint8Array(count * IMAGE_BYTES);
    for (let image = 0; image < count; image++) {
      const at = image * record;
      const own = bytes[at + label] as number;
      if (own >= names.classes) {
        throw new DataError(
          `${where}: ${file}: expected a label from 0 to ${names.classes - 1} in image ${image}, got ${own}; download the archive again`,
        );
      }
      labels.push(own);
      isTest.push(Number(file === version.test));
      pixels.set(bytes.subarray(at + version.labels, at + record), image * IMAGE_BYTES);
    }
    return { ...IMAGE, count, pixels };
  });
  return {
    classes,
    labels: Uint16Array.from(labels),
    isTest: Uint8Array.from(isTest),
    read: heldImages(parts, data),
  };
}

// --- helpers ---

function versionOf({ files }: SourceFiles): Version | undefined {
  const names = new Set(files.map(({ path }) => basename(path)));
  return [CIFAR10, CIFAR100].find(({ train, test }) => [...train, test].every((name) => names.has(name)));
}

/** By the names that they have in their folder. */
async function contentsOf(
  source: SourceFiles,
  names: readonly string[],
  where: string,
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const wanted = source.files.filter(({ path }) => names.includes(basename(path))).map(({ path }) => path);
  await source.readEach(new Set(wanted), async ({ path }, bytes) => {
    if (contents.has(basename(path)))
      throw new DataError(`${where}: expected one file ${basename(path)}, got several`);
    contents.set(basename(path), bytes);
  });
  const missing = names.find((name) => !contents.has(name));
  if (missing !== undefined)
    throw new DataError(`${where}: expected ${missing} too, got none; download the archive again`);
  return contents;
}
