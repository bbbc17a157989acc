import { z } from 'zod';
import { earlierEnvironmentsSchema, environmentSchema } from '../../study/trial/environment.ts';
import {
  type EpochLine,
  epochLineSchema,
  outcomeSchema,
  scoreInTrainingModeSchema,
  sha256Schema,
  type TrialSpec,
  trialSpecSchema,
} from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import { type BlobRef, blobRefSchema } from '../blobs.ts';
import { createJson, encodeJson, readJson, type StoredJson } from '../json-objects.ts';
import { blobKey, metricsKey, metricsPrefix, resultKey, trialConfigKey, trialLogKey } from '../keys.ts';
import { DamagedObjectError, type ObjectStore } from '../object-store.ts';
import { assertTerm } from './lease.ts';

/** The authoritative result of a trial that has ended. Written once. */
const trialResultSchema = z
  .strictObject({
    format: z.literal(1),
    trialKey: sha256Schema,
    spec: trialSpecSchema,
    /** The activity that trained it. Other activities that need this trial reuse the result. */
    holder: z.string().min(1),
    outcome: outcomeSchema,
    /** The reason, if the outcome isn't `completed`. */
    message: z.string().exactOptional(),
    /** Of the best epoch, in the trial's measure: percent, or nats an image for `loss`. Null unless completed. */
    score: z.number().min(0).nullable(),
    scoreInTrainingMode: scoreInTrainingModeSchema,
    bestEpoch: z.number().int().min(1).nullable(),
    lines: z.array(epochLineSchema),
    /** Number of trainable parameters. */
    parameters: z.number().int().min(0),
    /** Of the best epoch. */
    weights: blobRefSchema.nullable(),
    /** Digest of those weights' values, independent of the trial: equal if and only if they are bit-identical. */
    tensorsSha256: sha256Schema.nullable(),
    /** Of the best epoch, for the validation images. */
    predictions: blobRefSchema.nullable(),
    /**
     * Which validation images each epoch classified correctly: see trainer/storing/hits.ts. null if no epoch is complete, and
     * for trials of which an earlier version has trained a part.
     */
    hits: blobRefSchema.nullable().default(null),
    /** Versions and hardware: tensorflow, device, intraOpThreads, interOpThreads, node, cpu and others. */
    environment: environmentSchema,
    /** Absent if all of it was trained there. */
    earlierEnvironments: earlierEnvironmentsSchema.exactOptional(),
    /** What its images were normalised with. Absent: bytes became values from −1 to 1. */
    normalisation: z
      .strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) })
      .exactOptional(),
    /** The lease term of the attempt that ended it, which is the number of attempts. */
    term: z.number().int().min(1),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    /** Wall time of all epochs, over all attempts. */
    trainingSeconds: z.number().min(0),
  })
  .refine(
    (result) =>
      result.outcome !== 'completed' ||
      (result.score !== null && result.bestEpoch !== null && result.weights !== null),
    { error: 'a completed trial has a score, a best epoch and weights' },
  )
  .refine((result) => result.outcome === 'completed' || result.score === null, {
    error: 'only a completed trial has a score',
    path: ['score'],
  });
export type TrialResult = z.infer<typeof trialResultSchema>;

/**
 * Stores a trial's configuration unless it is already there.
 *
 * @returns the trial's key.
 * @throws {DamagedObjectError} if another configuration is stored under the key.
 */
export async function writeTrialConfig(store: ObjectStore, spec: TrialSpec): Promise<string> {
  const key = trialKey(spec);
  const written = await createJson(store, trialConfigKey(key), trialSpecSchema, spec);
  if (written === 'different') {
    throw new DamagedObjectError(trialConfigKey(key), 'the configuration with this key', 'another');
  }
  return key;
}

/**
 * @returns undefined if nobody has begun to train the trial.
 * @throws {DamagedObjectError} if what is stored is not the configuration of this trial.
 */
export async function readTrialConfig(store: ObjectStore, trial: string): Promise<TrialSpec | undefined> {
  const spec = (await readJson(store, trialConfigKey(trial), trialSpecSchema))?.value;
  if (!spec || trialKey(spec) === trial) return spec;
  throw new DamagedObjectError(trialConfigKey(trial), 'the configuration with this key', 'another');
}

/** Stores an epoch's line for observers. A line that an earlier attempt has stored stays. */
export async function writeMetrics(store: ObjectStore, trial: string, line: EpochLine): Promise<void> {
  await createJson(store, metricsKey(trial, line.epoch), epochLineSchema, line);
}

/** The epochs so far, in order, for observers. Checkpoints and the result are authoritative. */
export async function readMetrics(store: ObjectStore, trial: string): Promise<EpochLine[]> {
  const parts = await store.list(metricsPrefix(trial));
  const lines = await Promise.all(parts.map(({ key }) => readJson(store, key, epochLineSchema)));
  return lines.flatMap((line) => (line ? [line.value] : []));
}

/**
 * Stores a trial's result unless it has one.
 *
 * @returns the stored result.
 * @throws {LeaseLostError} if the result's term is no longer the trial's.
 * @throws {Error} if the store lacks a blob that the result names. A retry trains again from the newest intact checkpoint.
 */
export async function writeResult(store: ObjectStore, result: TrialResult): Promise<TrialResult> {
  const { trialKey: key, spec, term } = result;
  if (trialKey(spec) !== key)
    throw new Error(`expected the result of trial ${key}, got that of ${trialKey(spec)}`);
  const existing = await readStored(store, key);
  if (existing && !isOfThisMachine(existing.value)) return existing.value;
  for (const ref of [result.weights, result.predictions, result.hits])
    if (ref) await checkStored(store, key, ref);
  await assertTerm(store, key, term);
  if (existing) {
    await store.put(resultKey(key), encodeJson(trialResultSchema, result), { ifMatch: existing.etag });
    return result;
  }
  const written = await createJson(store, resultKey(key), trialResultSchema, result);
  return (written === 'different' && (await readResult(store, key))) || result;
}

/**
 * @returns undefined if the trial hasn't ended.
 * @throws {DamagedObjectError} if the stored result is damaged or belongs to another trial.
 */
export async function readResult(store: ObjectStore, trial: string): Promise<TrialResult | undefined> {
  const stored = await readStored(store, trial);
  return stored && !isOfThisMachine(stored.value) ? stored.value : undefined;
}

/** Stores the log of the trainer that held a term, or ran the final test. */
export async function writeTrialLog(
  store: ObjectStore,
  trial: string,
  term: number | 'test',
  text: string,
): Promise<void> {
  await store.put(trialLogKey(trial, term), Buffer.from(text));
}

// --- helpers ---

async function readStored(store: ObjectStore, trial: string): Promise<StoredJson<TrialResult> | undefined> {
  const key = resultKey(trial);
  const stored = await readJson(store, key, trialResultSchema);
  if (stored && (stored.value.trialKey !== trial || trialKey(stored.value.spec) !== trial)) {
    throw new DamagedObjectError(key, `the result of trial ${trial}`, `that of ${stored.value.trialKey}`);
  }
  return stored;
}

/** Earlier versions stored that a trial had run out of memory, which another machine may have enough of. */
function isOfThisMachine({ outcome }: TrialResult): boolean {
  return outcome === 'outOfMemory';
}

async function checkStored(store: ObjectStore, trial: string, { sha256, sizeBytes }: BlobRef): Promise<void> {
  const stored = await store.stat(blobKey(sha256));
  if (stored?.sizeBytes === sizeBytes) return;
  throw new Error(
    `trial ${trial}: expected ${blobKey(sha256)} with ${sizeBytes} bytes in the store before the result that names it is ` +
      `written, found ${stored ? `${stored.sizeBytes} bytes` : 'nothing'}; something else deletes from this bucket`,
  );
}
