import { readFile } from 'node:fs/promises';
import { checkSchema } from '../../study/definition/checks/check-schema.ts';
import { type StudyRecord, studyRecordSchema } from '../../study/record/record.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/**
 * Reads the record of a study from a file, as `report` writes it.
 *
 * @throws {UsageError} if it can't be read, or holds no record.
 */
export async function readRecordFile(file: string): Promise<StudyRecord> {
  const { data, faults } = checkSchema(studyRecordSchema, await jsonIn(file));
  if (data) return data;
  const [first = ''] = faults;
  throw new UsageError(`${file}: expected the record of a study, as report writes it; ${first}`);
}

// --- helpers ---

async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const fault = cause instanceof SyntaxError ? 'expected JSON' : "the record can't be read";
    throw new UsageError(`${file}: ${fault} (${(cause as Error).message})`, { cause });
  }
}
