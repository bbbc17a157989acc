import { type BlobRef, putBlob } from '../../storage/blobs.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import {
  type CheckpointContent,
  type CheckpointManifest,
  deleteCheckpoints,
  type IntactCheckpoint,
  newestIntactCheckpoint,
  saveCheckpoint,
} from '../../storage/trials/checkpoints.ts';
import type { FinishedEpoch } from '../../storage/trials/epochs.ts';
import { type TrialResult, writeMetrics, writeResult } from '../../storage/trials/trials.ts';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import { differentFacts, type EarlierEnvironments, type Environment } from '../../study/trial/environment.ts';
import { type EpochLine, scoreIn } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { BestEpoch, Checkpoint } from '../../training/checkpoint/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import { tensorsDigest } from '../../training/checkpoint/tensors-digest.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import type { Job } from '../protocol.ts';
import { encodeHits } from './hits.ts';
import { patiently } from './patiently.ts';
import { decodePredictions, encodePredictions } from './predictions.ts';
import { startingWeights } from './starting-weights.ts';

/** What a trial starts with. */
export interface OpenedTrial {
  resumeFrom?: Checkpoint;
  startFrom?: NamedTensors;
  /** Lines for the trial's log. */
  log: string[];
}

/** The end of an epoch, as the training loop hands it over. */
export interface EndedEpoch {
  line: EpochLine;
  /** On the validation images: see `Evaluation`. */
  hits: Uint8Array;
}

/** A checkpoint, as the training loop hands it over. */
export interface HandedCheckpoint
  extends Pick<Checkpoint, 'epoch' | 'step' | 'weights' | 'optimizer' | 'within'> {
  /** The best epoch so far, if it was not handed over before; without weights if it is this checkpoint's. */
  best?: Omit<BestEpoch, 'weights'> & Partial<Pick<BestEpoch, 'weights'>>;
  environment: Environment;
}

/** The end of a trial, as the training loop hands it over. */
export interface EndedTrial
  extends Pick<
    TrialResult,
    'outcome' | 'message' | 'scoreInTrainingMode' | 'lines' | 'parameters' | 'environment' | 'normalisation'
  > {
  /** Absent if no epoch has ended. */
  best?: BestEpoch;
}

/**
 * What one attempt reads from the store and writes there. Writes follow one another. One that fails because the store is away
 * is repeated for some minutes; after one that failed for good, the others fail too.
 */
export class StoredTrial {
  #store: ObjectStore;
  #job: Job<'train'>;
  #key: string;
  #classes: number;
  #startedAt = new Date().toISOString();
  /** Where the best epoch's weights and predictions are in the store. */
  #best: CheckpointManifest['best'] = null;
  #epochs: FinishedEpoch[] = [];
  /** The epochs' pieces in the store. */
  #pieces: BlobRef[] = [];
  /** The checkpoint that this attempt resumed from. */
  #resumedFrom: CheckpointManifest | undefined;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(store: ObjectStore, job: Job<'train'>) {
    this.#store = store;
    this.#job = job;
    this.#key = trialKey(job.spec);
    this.#classes = inputOfTrial(job.spec.data).classes;
  }

  /** Reads the newest intact checkpoint, or else the weights that the trial starts from, if any. */
  async open(): Promise<OpenedTrial> {
    const { checkpoint, damaged } = await newestIntactCheckpoint(this.#store, this.#key);
    const log = damaged.map((error) => `skipped a checkpoint: ${error.message}`);
    if (checkpoint) {
      const { manifest, epochs } = checkpoint;
      this.#resumedFrom = manifest;
      this.#best = manifest.best;
      this.#epochs = epochs;
      this.#pieces = manifest.epochs.pieces;
      log.push(`continuing after epoch ${manifest.epoch}, step ${manifest.step}`);
      return { resumeFrom: decodeCheckpoint(checkpoint), log };
    }
    const starting = await startingWeights(this.#store, this.#job.spec);
    return starting ? { startFrom: starting.weights, log: [...log, ...starting.log] } : { log };
  }

  /**
   * Stores an epoch's line, after its checkpoint if it has one.
   *
   * @throws {LeaseLostError} if the trial's lease has passed to another attempt.
   */
  storeEpoch(epoch: EndedEpoch, checkpoint?: HandedCheckpoint): Promise<void> {
    this.#epochs.push(epoch);
    const content = checkpoint && this.#content(checkpoint);
    return this.#afterLastWrite(async () => {
      if (content) await this.#save(content());
      await writeMetrics(this.#store, this.#key, epoch.line);
    });
  }

  /**
   * Stores a checkpoint within an epoch.
   *
   * @throws {LeaseLostError} if the trial's lease has passed to another attempt.
   */
  storeCheckpoint(checkpoint: HandedCheckpoint): Promise<void> {
    const content = this.#content(checkpoint);
    return this.#afterLastWrite(() => this.#save(content()));
  }

  /**
   * Stores the trial's result, and its best weights and their predictions if no checkpoint has them. Then deletes the
   * checkpoints, which nobody needs any more.
   *
   * @throws {LeaseLostError} if the trial's lease has passed to another attempt.
   */
  storeResult({ best, ...trained }: EndedTrial): Promise<void> {
    return this.#afterLastWrite(async () => {
      const { spec, holder, term } = this.#job;
      const stored = best && (await this.#stored(best));
      const bestLine = trained.lines.find(({ epoch }) => epoch === best?.epoch);
      const hits = encodeHits(this.#epochs, this.#metadata(this.#epochs.length));
      const earlierEnvironments = this.#earlierEnvironments(trained.environment);
      await writeResult(this.#store, {
        format: 1,
        trialKey: this.#key,
        spec,
        holder,
        ...trained,
        ...(earlierEnvironments.length > 0 && { earlierEnvironments }),
        score: trained.outcome === 'completed' && bestLine ? scoreIn(bestLine, spec.rankBy) : null,
        bestEpoch: best?.epoch ?? null,
        weights: stored?.weights ?? null,
        tensorsSha256: best ? tensorsDigest(best.weights) : null,
        predictions: stored?.predictions ?? null,
        hits: hits ? await putBlob(this.#store, hits) : null,
        term,
        startedAt: this.#startedAt,
        finishedAt: new Date().toISOString(),
        trainingSeconds: trained.lines.reduce((sum, { seconds }) => sum + seconds, 0),
      });
      // The trial has its result. What stays behind costs space alone, and `staged-study gc` removes it.
      await deleteCheckpoints(this.#store, this.#key, term).catch(() => {});
    });
  }

  async #save(content: CheckpointContent): Promise<void> {
    const { best, epochs } = await saveCheckpoint(this.#store, this.#key, this.#job.term, content);
    this.#best = best;
    this.#pieces = epochs.pieces;
  }

  async #stored({ epoch, weights, validationProbabilities }: BestEpoch): Promise<CheckpointManifest['best']> {
    if (this.#best?.epoch === epoch) return this.#best;
    const metadata = this.#metadata(epoch);
    return {
      epoch,
      weights: await putBlob(this.#store, encodeWeights(weights, metadata)),
      predictions: await putBlob(
        this.#store,
        encodePredictions(validationProbabilities, this.#classes, metadata),
      ),
    };
  }

  /** @param write is repeated if it fails because the store is away. */
  #afterLastWrite(write: () => Promise<void>): Promise<void> {
    this.#lastWrite = this.#lastWrite.then(() => patiently(write));
    return this.#lastWrite;
  }

  /** @returns a function, since the best epoch and the pieces are those of the write before. */
  #content(checkpoint: HandedCheckpoint): () => CheckpointContent {
    const { step, epoch, within = null, best, weights, optimizer, environment } = checkpoint;
    const metadata = this.#metadata(epoch);
    const epochs = [...this.#epochs];
    return () => ({
      step,
      epoch,
      seed: this.#job.spec.seed,
      within,
      environment,
      earlierEnvironments: this.#earlierEnvironments(environment),
      writtenAt: new Date().toISOString(),
      weights: encodeWeights(weights, metadata),
      optimizer: encodeSafetensors(optimizer, { ...metadata, content: 'optimizer' }),
      best: best ? this.#encodeBest(best) : this.#best,
      epochs,
      pieces: this.#pieces,
    });
  }

  #encodeBest({ epoch, weights, validationProbabilities }: NonNullable<HandedCheckpoint['best']>) {
    const metadata = this.#metadata(epoch);
    const predictions = encodePredictions(validationProbabilities, this.#classes, metadata);
    return { predictions, ...(weights && { earlier: { epoch, weights: encodeWeights(weights, metadata) } }) };
  }

  /** Environments in which earlier attempts have trained what this one continues. */
  #earlierEnvironments(own: Environment): EarlierEnvironments {
    if (!this.#resumedFrom) return [];
    const { step, environment, earlierEnvironments } = this.#resumedFrom;
    const isSame = differentFacts([environment, own]).length === 0;
    return isSame ? earlierEnvironments : [...earlierEnvironments, { untilStep: step, values: environment }];
  }

  /**
   * Trial and term make the bytes unique to this attempt, so that an earlier one, which may wake at any time, never deletes
   * what a later one has stored: see storage/blobs.ts.
   */
  #metadata(epoch: number): Record<string, string> {
    return { trial: this.#key, term: String(this.#job.term), epoch: String(epoch) };
  }
}

// --- helpers ---

function encodeWeights(weights: NamedTensors, metadata: Record<string, string>): Uint8Array {
  return encodeSafetensors(weights, { ...metadata, content: 'weights' });
}

function decodeCheckpoint({ manifest, weights, optimizer, best, epochs }: IntactCheckpoint): Checkpoint {
  const { epoch, step, within } = manifest;
  return {
    epoch,
    step,
    lines: epochs.map(({ line }) => line),
    weights: decodeSafetensors(weights).tensors,
    optimizer: decodeSafetensors(optimizer).tensors,
    ...(best &&
      manifest.best && {
        best: {
          epoch: manifest.best.epoch,
          weights: decodeSafetensors(best.weights).tensors,
          validationProbabilities: decodePredictions(best.predictions),
        },
      }),
    ...(within && { within }),
  };
}
