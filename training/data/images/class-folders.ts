import { parse } from 'csv-parse/sync';
import type { ImagesData } from '../../../study/definition/data-schema.ts';
import { DataError } from '../data-error.ts';
import { numbered } from '../numbered.ts';
import type { ReadExamples } from '../read-examples.ts';
import type { SourceFile, SourceFiles } from '../sources/source-file.ts';
import { prepareImage } from './prepare-image.ts';

/**
 * Reads images from folders that are named after their classes: `CLASS/…`, or `train/CLASS/…` and `test/CLASS/…`. Folders
 * around them don't matter.
 *
 * @param data what the study says. undefined only to look at what is there.
 * @throws {DataError} if a class has no image, a file is no image, or the test images have a class that the others lack.
 */
export async function readClassFolders(
  source: SourceFiles,
  where: string,
  data: Pick<ImagesData, 'height' | 'width' | 'channels' | 'fit' | 'groups'>,
): Promise<ReadExamples> {
  const found = findImages(source, where);
  const { images, classes, hasSides } = found;
  const groups = data.groups === undefined ? undefined : await groupsOf(source, found, data.groups, where);
  const indexOf = new Map(images.map(({ file }, index) => [file.path, index]));
  return {
    classes,
    labels: Uint16Array.from(images, ({ label }) => label),
    ...(hasSides && { isTest: Uint8Array.from(images, ({ isTest }) => Number(isTest)) }),
    ...(groups && { groups }),
    async read(take) {
      const limit = createLimit(DECODED_AT_ONCE);
      await source.readEach(new Set(indexOf.keys()), (file, bytes) =>
        limit.run(async () => {
          const { planes, ...size } = await prepareImage(bytes, data, `${where}: ${file.path}`);
          await take({ index: indexOf.get(file.path) as number, values: planes, size });
        }),
      );
      await limit.end();
    },
  };
}

/** Whether a source may have class folders: it has images in folders. */
export function hasImages({ files }: SourceFiles): boolean {
  return files.some(({ path }) => path.includes('/') && isImage(path));
}

// --- helpers ---

/** libvips decodes in as many threads of Node's pool. */
const DECODED_AT_ONCE = 8;

interface FoundImage {
  file: SourceFile;
  label: number;
  isTest: boolean;
}

const isImage = (path: string): boolean => /\.(png|jpe?g|webp)$/i.test(path);

const SIDES = new Map([
  ['train', false],
  ['training', false],
  ['test', true],
  ['testing', true],
]);
const VALIDATION = new Set(['val', 'valid', 'validation']);

function findImages(source: SourceFiles, where: string) {
  const base = commonFolder(source.files.filter(({ path }) => isImage(path)).map(({ path }) => path));
  const inside = source.files
    .filter(({ path }) => path.startsWith(base))
    .map((file) => ({ file, parts: file.path.slice(base.length).split('/') }));
  const tops = new Set(inside.filter(({ parts }) => parts.length > 1).map(({ parts }) => parts[0] as string));
  const hasSides = [...tops].some((top) => SIDES.get(top.toLowerCase()) === false);
  if (hasSides) checkSides(tops, where);

  const images: { file: SourceFile; className: string; isTest: boolean }[] = [];
  for (const { file, parts } of inside) {
    const isTest = hasSides && SIDES.get((parts[0] as string).toLowerCase()) === true;
    const own = hasSides && parts.length > 1 ? parts.slice(1) : parts;
    if (own.length < 2) {
      // A README, or the file of groups.
      if (!isImage(file.path)) continue;
      throw new DataError(
        `${where}: ${file.path} is in no class folder; expected folders named after the classes: put it into one`,
      );
    }
    if (!isImage(file.path)) {
      throw new DataError(
        `${where}: expected PNG, JPEG or WebP images in class folders, got ${file.path}; remove or convert it`,
      );
    }
    images.push({ file, className: own[0] as string, isTest });
  }
  checkFolders(source, base, hasSides, where);
  if (images.length === 0) {
    throw new DataError(
      `${where}: expected folders of PNG, JPEG or WebP images, named after the classes, got none; check the path`,
    );
  }
  const { names: classes, numbers } = numbered(images.map(({ className }) => className));
  const found = images.map(
    ({ file, isTest }, index): FoundImage => ({ file, isTest, label: numbers[index] as number }),
  );
  return { images: found, classes, hasSides, base };
}

/** @throws {DataError} if a class folder has no image. */
function checkFolders(source: SourceFiles, base: string, hasSides: boolean, where: string): void {
  for (const folder of source.folders) {
    const depth = folder.slice(base.length).split('/').length;
    if (!folder.startsWith(base) || depth !== (hasSides ? 2 : 1)) continue;
    if (source.files.some(({ path }) => path.startsWith(`${folder}/`))) continue;
    throw new DataError(`${where}: the class folder ${folder} is empty; put images into it, or remove it`);
  }
}

/** The folder that holds all images and isn't a class itself: `''`, or a path that ends with `/`. */
function commonFolder(paths: readonly string[]): string {
  let base = '';
  for (;;) {
    const rests = paths.map((path) => path.slice(base.length).split('/'));
    const [first] = rests[0] ?? [];
    const isCommon = rests.length > 0 && rests.every((rest) => rest.length > 2 && rest[0] === first);
    if (!isCommon || first === undefined || SIDES.has(first.toLowerCase())) return base;
    base += `${first}/`;
  }
}

function checkSides(tops: ReadonlySet<string>, where: string): void {
  const other = [...tops].filter((top) => !SIDES.has(top.toLowerCase()));
  const validation = other.find((top) => VALIDATION.has(top.toLowerCase()));
  if (validation !== undefined) {
    throw new DataError(
      `${where}: expected the folders train and test, got ${validation} too; a study splits its validation images off itself: ` +
        'move them into train',
    );
  }
  if (other.length > 0) {
    throw new DataError(
      `${where}: expected the folders train and test alone, got ${other.join(', ')} too; move class folders into train`,
    );
  }
}

/** The groups of the images by a CSV file with the columns `file` and `group`. Paths count from its own folder. */
async function groupsOf(
  source: SourceFiles,
  { images, base }: { images: readonly FoundImage[]; base: string },
  name: string,
  where: string,
): Promise<Uint32Array> {
  const path = source.files.find((file) => file.path === name || file.path === `${base}${name}`)?.path;
  if (path === undefined) {
    throw new DataError(
      `${where}: expected the file of groups ${name}, got none; add it, or correct "groups"`,
    );
  }
  const groups = new Map<string, string>();
  await source.readEach(new Set([path]), async (_file, bytes) => {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    for (const [file, group] of groupRows(bytes, `${where}: ${path}`)) groups.set(`${folder}${file}`, group);
  });
  const named = images.map(({ file }) => {
    const group = groups.get(file.path);
    if (group !== undefined && group !== '') return group;
    throw new DataError(`${where}: ${path}: expected a group of ${file.path}, got none; add a line for it`);
  });
  return Uint32Array.from(numbered(named).numbers);
}

function groupRows(bytes: Buffer, where: string): [file: string, group: string][] {
  try {
    const rows = parse(bytes, { columns: true, bom: true, trim: true, skip_empty_lines: true }) as Record<
      string,
      string
    >[];
    return rows.map(({ file, group }, index) => {
      if (file !== undefined && group !== undefined) return [file, group];
      throw new DataError(
        `${where}: expected the columns file and group, got others in row ${index + 1}; name them so`,
      );
    });
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(
      `${where}: expected CSV with the columns file and group (${(cause as Error).message})`,
      { cause },
    );
  }
}

/** Lets a number of tasks run at the same time. After one has failed, the next call and `end` throw its error. */
function createLimit(atOnce: number) {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const check = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    /** Resolves when there is room for another one. */
    async run(task: () => Promise<void>): Promise<void> {
      check();
      const done: Promise<void> = task()
        .catch((error) => void failures.push(error))
        .finally(() => running.delete(done));
      running.add(done);
      if (running.size >= atOnce) await Promise.race(running);
      check();
    },
    async end(): Promise<void> {
      await Promise.all(running);
      check();
    },
  };
}
