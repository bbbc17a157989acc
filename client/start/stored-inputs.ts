import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { dataRecipe } from '../../storage/inputs/data-recipe.ts';
import { type DatasetManifest, listDatasets } from '../../storage/inputs/datasets.ts';
import { findPreparedDataset } from '../../storage/inputs/prepared-datasets.ts';
import { listWeights } from '../../storage/inputs/weights.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { StudyData } from '../../study/definition/data-schema.ts';
import type { WeightsSummary } from '../../study/record/record.ts';
import { sourceName } from '../../study/record/source-name.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { askTrainer } from '../ask-trainer.ts';
import { isUrl } from './is-url.ts';

/** The data set that the study would use: the same choice as when it is prepared, but data are only hashed. */
export async function findDataset(
  store: ObjectStore,
  { source: { archive }, study: { data } }: Pick<StudyRequest, 'source' | 'study'>,
  generatedImages: boolean,
): Promise<DatasetManifest | undefined> {
  const datasets = await listDatasets(store);
  const ofKind = (kind: 'official' | 'generated') => datasets.find(({ origin }) => origin.kind === kind);
  if (data) return archive === null ? undefined : findOwnData(store, datasets, archive, data);
  if (archive === null) return ofKind('official') ?? (generatedImages ? ofKind('generated') : undefined);
  if (isUrl(archive)) return datasets.find(({ origin }) => origin.source === sourceName(archive));
  const sha256 = await sha256OfFile(archive);
  return datasets.find(({ origin }) => origin.archiveSha256 === sha256);
}

/** The weights that the study would use, in the same way. */
export async function findWeights(
  store: ObjectStore,
  { weights: { file } }: StudyRequest,
): Promise<WeightsSummary | undefined> {
  const weights = await listWeights(store);
  if (file === null) return weights.find(({ origin }) => origin.kind === 'official');
  if (isUrl(file)) return weights.find(({ origin }) => origin.source === sourceName(file));
  const sha256 = await sha256OfFile(file);
  return weights.find(({ origin }) => origin.fileSha256 === sha256);
}

// --- helpers ---

/** @returns undefined too if only downloading them would show which they are. */
async function findOwnData(
  store: ObjectStore,
  datasets: readonly DatasetManifest[],
  source: string,
  data: StudyData,
): Promise<DatasetManifest | undefined> {
  if (!isUrl(source)) {
    const sourceSha256 = await askTrainer({ kind: 'digestData', path: source }, { failure: 'the data' });
    return findPreparedDataset(store, dataRecipe(sourceSha256, data));
  }
  return datasets.find(({ origin, ...manifest }) => {
    if (manifest.format !== 2 || origin.source !== sourceName(source)) return false;
    return origin.archiveSha256 !== undefined && manifest.recipe === dataRecipe(origin.archiveSha256, data);
  });
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
