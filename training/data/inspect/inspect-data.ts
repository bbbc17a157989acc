import type { StudyData } from '../../../study/definition/data-schema.ts';
import { arrayNames } from '../arrays/npz.ts';
import { DataError } from '../data-error.ts';
import { isCifar } from '../images/cifar.ts';
import { hasImages } from '../images/class-folders.ts';
import { isIdx } from '../images/idx.ts';
import { openExamples, openTable } from '../prepare/open-examples.ts';
import { countSides } from '../prepare/test-split.ts';
import { openSourceFiles } from '../sources/source-files.ts';
import { type FoundImages, inspectImages } from './inspect-images.ts';
import { type FoundTable, inspectTable } from './inspect-table.ts';

/** What data look like, for somebody who writes a study about them. */
export type FoundData = FoundImages | FoundTable;

/**
 * Looks at data of which nothing is known.
 *
 * @param path of a folder or file.
 * @throws {DataError} in one line, if they are no data that a study can have.
 */
export async function inspectData(path: string): Promise<FoundData> {
  const source = await openSourceFiles(path);
  const names = source && arrayNames(source);
  if (source && (names ? hasImageArrays(names) : isCifar(source) || isIdx(source) || hasImages(source))) {
    return inspectImages(source, path);
  }
  const isCsv = source?.files.some((file) => file.path.toLowerCase().endsWith('.csv'));
  if (source && !names && !isCsv) {
    throw new DataError(
      `${path}: expected class folders of images, CIFAR or IDX files, or a CSV table, got none of them; see docs/data.md`,
    );
  }
  return inspectTable(await openTable(path, path, source), path);
}

/** The number of examples on each side, if the data are what a study says. @throws {DataError} if they aren't. */
export async function countData(path: string, data: StudyData): Promise<{ training: number; test: number }> {
  return countSides(await openExamples(path, path, data), data.testFraction, path);
}

// --- helpers ---

function hasImageArrays(names: readonly string[]): boolean {
  return names.some((name) => /^((train_)?images|x_train|train_x)$/i.test(name));
}
