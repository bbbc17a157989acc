import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type DatasetManifest, listDatasets } from '../../storage/inputs/datasets.ts';
import { listWeights } from '../../storage/inputs/weights.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { WeightsSummary } from '../../study/record/record.ts';
import { sourceName } from '../../study/record/source-name.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { isUrl } from './is-url.ts';

/** The data set that the study would use: the same choice as when it is prepared, without reading any archive's content. */
export async function findDataset(
  store: ObjectStore,
  { source: { archive }, study: { data } }: Pick<StudyRequest, 'source' | 'study'>,
  generatedImages: boolean,
): Promise<DatasetManifest | undefined> {
  const datasets = await listDatasets(store);
  const ofKind = (kind: 'official' | 'generated') => datasets.find(({ origin }) => origin.kind === kind);
  // Which of the store's data sets a study's own data are, only preparing them shows.
  if (data) return undefined;
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

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
