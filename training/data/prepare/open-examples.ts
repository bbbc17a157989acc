import { basename } from 'node:path/posix';
import type { StudyData, TableData } from '../../../study/definition/data-schema.ts';
import { arrayNames } from '../arrays/npz.ts';
import { DataError } from '../data-error.ts';
import { isCifar, readCifar } from '../images/cifar.ts';
import { readClassFolders } from '../images/class-folders.ts';
import { isIdx, readIdx } from '../images/idx.ts';
import { readImageArrays } from '../images/image-arrays.ts';
import type { ReadExamples } from '../read-examples.ts';
import type { SourceFiles } from '../sources/source-file.ts';
import { openSourceFiles } from '../sources/source-files.ts';
import { readTable } from '../table/read-table.ts';
import { joinTables, readCsv, readTableArrays, type Table } from '../table/table.ts';

/**
 * Opens data: lists what is there, and reads labels, but no image yet.
 *
 * @param path of a folder or file.
 * @param where names it in messages.
 * @throws {DataError} in one line, if it isn't what the study says.
 */
export async function openExamples(path: string, where: string, data: StudyData): Promise<ReadExamples> {
  const source = await openSourceFiles(path);
  const examples =
    data.kind === 'table'
      ? readTable(await openTable(path, where, source), where, data)
      : await openImages(source, where, data);
  checkClasses(examples, where, data);
  return examples;
}

/** Reads a table: a CSV file, an `.npz` file, or a folder or archive with one CSV file, or with train.csv and test.csv. */
export async function openTable(
  path: string,
  where: string,
  source: SourceFiles | undefined,
): Promise<Table> {
  if (!source) return readCsv(path, where);
  if (arrayNames(source)) return readTableArrays(source, where);
  const tables = source.files.filter(({ path: name }) => name.toLowerCase().endsWith('.csv'));
  const named = (name: string) => tables.find((file) => basename(file.path).toLowerCase() === name)?.path;
  const [train, test] = [named('train.csv'), named('test.csv')];
  const read = async (name: string): Promise<Table> => {
    let table: Table | undefined;
    await source.readEach(new Set([name]), async (_file, bytes) => {
      table = await readCsv(bytes, `${where}: ${name}`);
    });
    return table as Table;
  };
  if (train !== undefined && test !== undefined)
    return joinTables(await read(train), await read(test), where);
  const [only] = tables;
  if (only && tables.length === 1) return read(only.path);
  throw new DataError(
    `${where}: expected one CSV file, or train.csv and test.csv, got ${tables.length === 0 ? 'none' : tables.map((file) => file.path).join(', ')}`,
  );
}

// --- helpers ---

/** For training, validation and, if it is split off, the test. */
const LEAST_OF_CLASS = 3;

async function openImages(
  source: SourceFiles | undefined,
  where: string,
  data: Exclude<StudyData, TableData>,
): Promise<ReadExamples> {
  if (!source) {
    throw new DataError(
      `${where}: expected a folder, a tar or zip archive, or an .npz file of images, got another file; name one of these`,
    );
  }
  if (arrayNames(source)) return readImageArrays(source, where, data);
  const isOther = isCifar(source) || isIdx(source);
  if (isOther && data.groups !== undefined) {
    throw new DataError(
      `${where}: expected no groups of CIFAR and IDX files, got "${data.groups}"; leave "groups" out`,
    );
  }
  if (isCifar(source)) return readCifar(source, where, data);
  if (isIdx(source)) return readIdx(source, where, data);
  return readClassFolders(source, where, data);
}

function checkClasses(
  { classes, labels, isTest, features }: ReadExamples,
  where: string,
  data: StudyData,
): void {
  if (classes.length !== data.classes) {
    throw new DataError(
      `${where}: expected ${data.classes} classes, as the study says, got ${classes.length} (${shown(classes)}); ` +
        'correct "classes" in the study, or the data',
    );
  }
  if (features && data.kind === 'table' && features.length !== data.features) {
    throw new DataError(
      `${where}: expected ${data.features} features, as the study says, got ${features.length}; correct "features" in the study`,
    );
  }
  const counts = classes.map(() => 0);
  for (const [index, label] of labels.entries()) {
    if (!isTest?.[index]) counts[label] = (counts[label] as number) + 1;
  }
  const absent = classes.filter((_, label) => counts[label] === 0);
  if (absent.length > 0) {
    throw new DataError(
      `${where}: expected training examples of every class, got some for the test alone of ${shown(absent)}; add training examples, ` +
        'or remove the class',
    );
  }
  const few = classes.filter((_, label) => (counts[label] as number) < LEAST_OF_CLASS);
  if (few.length > 0) {
    throw new DataError(
      `${where}: expected ${LEAST_OF_CLASS} training examples or more of every class, got fewer of ${shown(few)}; add some, or ` +
        'leave the class out',
    );
  }
}

function shown(names: readonly string[]): string {
  return names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
}
