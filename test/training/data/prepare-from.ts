import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { StudyData } from '../../../study/definition/data-schema.ts';
import { type PreparedData, prepareData } from '../../../training/data/prepare/prepare-data.ts';
import { sourceDigest } from '../../../training/data/prepare/source-digest.ts';

/** Prepares data as a control worker has them prepared. @param scratch folder for the two files. */
export async function prepareFrom(
  path: string,
  where: string,
  data: StudyData,
  scratch: string,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<PreparedData> {
  const id = randomUUID();
  const files = { train: join(scratch, `${id}.train.tmp`), test: join(scratch, `${id}.test.tmp`) };
  return prepareData({ path, where, data, sourceSha256: await sourceDigest(path), files, onProgress });
}
