import { isName, isValidId } from '../study/definition/text-schemas.ts';

/**
 * Every key of the object store. Identifiers are checked so that no key can escape its folder:
 *
 *     datasets/<dataset>/{train,test,manifest.json}
 *     datasets/<dataset>/{train,test}/<part>
 *     datasets/<dataset>/recipes/<recipe>.json
 *     weights/<sha256>{,.json}
 *     addresses/<sha256>
 *     blobs/<sha256>
 *     trials/<trialKey>/{config,lease,result}.json
 *     trials/<trialKey>/metrics/<epoch>.json
 *     trials/<trialKey>/checkpoints/<step>-<term>.json
 *     trials/<trialKey>/log/{<term>,test}.txt
 *     studies/<studyId>/{study,record}.json
 *     studies/<studyId>/stages/<stage>.json
 *     studies/<studyId>/searches/<stage>.json
 *     studies/<studyId>/tests/<trialKey>.json
 *     studies/<studyId>/report/<file>
 */

export const DATASETS_PREFIX = 'datasets/';
/** The data set's packed images for training and validation. */
export const trainingImagesKey = (dataset: string): string =>
  `${DATASETS_PREFIX}${checkedHash(dataset)}/train`;
/** The data set's packed images for the final test. */
export const testImagesKey = (dataset: string): string => `${DATASETS_PREFIX}${checkedHash(dataset)}/test`;
/** A part of the file of examples for training and validation, counted from 0. */
export const trainingPartKey = (dataset: string, part: number): string =>
  `${trainingImagesKey(dataset)}/${padded(part, 6)}`;
/** A part of the file of examples for the final test. */
export const testPartKey = (dataset: string, part: number): string =>
  `${testImagesKey(dataset)}/${padded(part, 6)}`;
export const datasetManifestKey = (dataset: string): string =>
  `${DATASETS_PREFIX}${checkedHash(dataset)}/manifest.json`;

/** @returns the data set, or undefined if the key is not a `datasetManifestKey`. */
export function parseDatasetManifestKey(key: string): string | undefined {
  return /^datasets\/([0-9a-f]{64})\/manifest\.json$/.exec(key)?.[1];
}

/** Says that a recipe gives this data set too. */
export const datasetRecipeKey = (dataset: string, recipe: string): string =>
  `${DATASETS_PREFIX}${checkedHash(dataset)}/recipes/${checkedHash(recipe)}.json`;

/** @returns undefined if the key is not a `datasetRecipeKey`. */
export function parseDatasetRecipeKey(key: string): { dataset: string; recipe: string } | undefined {
  const [, dataset, recipe] = /^datasets\/([0-9a-f]{64})\/recipes\/([0-9a-f]{64})\.json$/.exec(key) ?? [];
  return dataset !== undefined && recipe !== undefined ? { dataset, recipe } : undefined;
}

/** Whether the key is a `testImagesKey` or a `testPartKey`. */
export const isTestImagesKey = (key: string): boolean => /^datasets\/[^/]+\/test(\/|$)/.test(key);

export const WEIGHTS_PREFIX = 'weights/';
/** A safetensors file. */
export const weightsKey = (sha256: string): string => `${WEIGHTS_PREFIX}${checkedHash(sha256)}`;
export const weightsManifestKey = (sha256: string): string => `${weightsKey(sha256)}.json`;

/** @returns the weights' SHA-256, or undefined if the key is not a `weightsManifestKey`. */
export function parseWeightsManifestKey(key: string): string | undefined {
  return /^weights\/([0-9a-f]{64})\.json$/.exec(key)?.[1];
}

export const ADDRESSES_PREFIX = 'addresses/';
/** A URL, named by its hash. */
export const addressKey = (sha256: string): string => `${ADDRESSES_PREFIX}${checkedHash(sha256)}`;

export const BLOBS_PREFIX = 'blobs/';
export const blobKey = (sha256: string): string => `${BLOBS_PREFIX}${checkedHash(sha256)}`;

export const TRIALS_PREFIX = 'trials/';
export const trialPrefix = (trialKey: string): string => `${TRIALS_PREFIX}${checkedHash(trialKey)}/`;
export const trialConfigKey = (trialKey: string): string => `${trialPrefix(trialKey)}config.json`;
export const leaseKey = (trialKey: string): string => `${trialPrefix(trialKey)}lease.json`;
export const resultKey = (trialKey: string): string => `${trialPrefix(trialKey)}result.json`;
/** A trainer's log: one for each term, and one for the final test. */
export const trialLogKey = (trialKey: string, term: number | 'test'): string =>
  `${trialPrefix(trialKey)}log/${term === 'test' ? term : whole(term)}.txt`;

export const metricsPrefix = (trialKey: string): string => `${trialPrefix(trialKey)}metrics/`;
export const metricsKey = (trialKey: string, epoch: number): string =>
  `${metricsPrefix(trialKey)}${padded(epoch, 6)}.json`;

export const checkpointsPrefix = (trialKey: string): string => `${trialPrefix(trialKey)}checkpoints/`;
export const checkpointKey = (trialKey: string, step: number, term: number): string =>
  `${checkpointsPrefix(trialKey)}${padded(step, 10)}-${whole(term)}.json`;

/** @returns undefined if the key is not a `checkpointKey`. */
export function parseCheckpointKey(key: string): { step: number; term: number } | undefined {
  const match = /\/checkpoints\/(\d{10})-(\d+)\.json$/.exec(key);
  return match ? { step: Number(match[1]), term: Number(match[2]) } : undefined;
}

export const STUDIES_PREFIX = 'studies/';
export const studyKey = (studyId: string): string => `${STUDIES_PREFIX}${checkedId(studyId)}/study.json`;
/** What earlier versions wrote: the study's only test. */
export const onlyTestKey = (studyId: string): string => `${STUDIES_PREFIX}${checkedId(studyId)}/test.json`;
export const studyTestsPrefix = (studyId: string): string => `${STUDIES_PREFIX}${checkedId(studyId)}/tests/`;
export const studyTestKey = (studyId: string, trialKey: string): string =>
  `${studyTestsPrefix(studyId)}${checkedHash(trialKey)}.json`;
export const stageRecordKey = (studyId: string, stage: string): string =>
  `${STUDIES_PREFIX}${checkedId(studyId)}/stages/${checkedStage(stage)}.json`;
export const searchKey = (studyId: string, stage: string): string =>
  `${STUDIES_PREFIX}${checkedId(studyId)}/searches/${checkedStage(stage)}.json`;
export const recordKey = (studyId: string): string => `${STUDIES_PREFIX}${checkedId(studyId)}/record.json`;
/** @param file a plain file name, such as `index.html`. */
export const reportKey = (studyId: string, file: string): string =>
  `${STUDIES_PREFIX}${checkedId(studyId)}/report/${checkedFileName(file)}`;

export const studyPrefix = (studyId: string): string => `${STUDIES_PREFIX}${checkedId(studyId)}/`;

/** Of objects by which a server was tried out. */
export const PROBES_PREFIX = 'probe/';

/** @returns the study's id, or undefined if the key is not a `studyKey`. */
export function parseStudyKey(key: string): string | undefined {
  return /^studies\/([^/]+)\/study\.json$/.exec(key)?.[1];
}

// --- helpers ---

function checkedHash(value: string): string {
  if (!/^[0-9a-f]{64}$/.test(value)) {
    throw new Error(`expected a SHA-256 in lower-case hex (64 characters), got ${JSON.stringify(value)}`);
  }
  return value;
}

const checkedId = (value: string): string => checked('id', value);
/** Unlike an id, a stage's name may begin with any of its characters. */
const checkedStage = (value: string): string => (isName(value) ? value : checked('file name', value));
const checkedFileName = (value: string): string => checked('file name', value);

function checked(what: 'id' | 'file name', value: string): string {
  if (isValidId(value)) return value;
  throw new Error(
    `expected a${what === 'id' ? 'n' : ''} ${what} of 1 to 100 letters, digits, '.', '_' or '-' that begins with a ` +
      `letter or digit and has no '..', got ${JSON.stringify(value)}`,
  );
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`expected a whole number, got ${value}`);
  return value;
}

function padded(value: number, digits: number): string {
  const text = String(whole(value));
  if (text.length > digits) throw new Error(`expected at most ${digits} digits, got ${text}`);
  return text.padStart(digits, '0');
}
