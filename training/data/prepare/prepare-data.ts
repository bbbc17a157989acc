import { rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inputOf, type StudyData } from '../../../study/definition/data-schema.ts';
import { type InputForm, imageShape, valuesOf } from '../../../study/definition/input-form.ts';
import type { DataSummary } from '../../../study/record/record.ts';
import { DataError } from '../data-error.ts';
import type { Feature } from '../read-examples.ts';
import { createExamplesFile, type ExamplesFile } from './examples-file.ts';
import { openExamples } from './open-examples.ts';
import { sourceDigest } from './source-digest.ts';
import { createSummary } from './summary.ts';
import { testExamples } from './test-split.ts';

/** Data as trainers read them, in two files. */
export interface PreparedData {
  input: InputForm;
  classes: string[];
  /** Of a table. */
  features?: Feature[];
  hasGroups: boolean;
  train: ExamplesFile;
  test: ExamplesFile;
  summary: DataSummary;
}

/**
 * Reads data, and writes them as trainers need them. Equal data give equal files, whether they are in a folder or in an
 * archive of it.
 *
 * @param request.path of a folder or file.
 * @param request.where names it in messages.
 * @param request.sourceSha256 its `sourceDigest`.
 * @param request.files where the two files are written, side by side. The caller removes them.
 * @param request.onProgress called after each example.
 * @throws {DataError} in one line: before anything is written, if labels or names show it; or if the source no longer has its
 *   digest at the end. Nothing is left behind.
 */
export async function prepareData(request: {
  path: string;
  where: string;
  data: StudyData;
  sourceSha256: string;
  files: { train: string; test: string };
  onProgress(done: number, all: number): void;
}): Promise<PreparedData> {
  const { path, where, data, sourceSha256, files: paths, onProgress } = request;
  const input = inputOf({ data });
  const examples = await openExamples(path, where, data);
  const isTest = testExamples(examples, data.testFraction, where);
  const exampleBytes = valuesOf(input) * (imageShape(input) ? 1 : Float32Array.BYTES_PER_ELEMENT);
  await checkSpace(dirname(paths.train), examples.labels.length * exampleBytes, where);

  const sides = placesOf(isTest);
  const files = {
    train: await createExamplesFile(paths.train, sides.train.length, exampleBytes),
    test: await createExamplesFile(paths.test, sides.test.length, exampleBytes),
  };
  const summary = createSummary(examples, isTest, input);
  let done = 0;
  try {
    await examples.read(async (example) => {
      summary.add(example);
      await files[isTest[example.index] ? 'test' : 'train'].put(
        sides.places[example.index] as number,
        example.values,
      );
      onProgress(++done, examples.labels.length);
    });
    // What is stored is found again by the digest.
    if ((await sourceDigest(path)) !== sourceSha256) {
      throw new DataError(
        `${where}: expected data that stay as they are while they are prepared, got changed ones; start again when nothing writes there`,
      );
    }
    const end = (side: 'train' | 'test') =>
      files[side].end(
        Uint16Array.from(sides[side], (index) => examples.labels[index] as number),
        examples.groups && Uint32Array.from(sides[side], (index) => examples.groups?.[index] as number),
      );
    return {
      input,
      classes: examples.classes,
      ...(examples.features && { features: examples.features }),
      hasGroups: examples.groups !== undefined,
      train: await end('train'),
      test: await end('test'),
      summary: await summary.end(),
    };
  } catch (error) {
    await Promise.all([files.train.close(), files.test.close()]);
    await Promise.all(Object.values(paths).map((each) => rm(each, { force: true })));
    throw error;
  }
}

// --- helpers ---

/** The indices of each side, and the place of every example on its side. */
function placesOf(isTest: Uint8Array): { train: number[]; test: number[]; places: Uint32Array } {
  const train: number[] = [];
  const test: number[] = [];
  const places = Uint32Array.from(isTest, (is, index) => (is ? test : train).push(index) - 1);
  return { train, test, places };
}

async function checkSpace(folder: string, neededBytes: number, where: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (neededBytes * 1.1 < bavail * bsize) return;
  throw new DataError(
    `${where}: expected ${gigabytes(neededBytes)} free in ${folder}, where the data are prepared, got ${gigabytes(bavail * bsize)}; ` +
      'free some space, or prepare smaller images',
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
