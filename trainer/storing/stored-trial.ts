import { putBlob } from '../../storage/blobs.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import {
  type CheckpointContent,
  type CheckpointManifest,
  type IntactCheckpoint,
  newestIntactCheckpoint,
  saveCheckpoint,
} from '../../storage/trials/checkpoints.ts';
import { type TrialResult, writeMetrics, writeResult } from '../../storage/trials/trials.ts';
import type { EpochLine } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';
import type { BestEpoch, Checkpoint } from '../../training/checkpoint/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import { tensorsDigest } from '../../training/checkpoint/tensors-digest.ts';
import type { NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import type { Job } from '../protocol.ts';
import { decodePredictions, encodePredictions } from './predictions.ts';
import { startingWeights } from './starting-weights.ts';

/** What a trial starts with. */
export interface OpenedTrial {
  resumeFrom?: Checkpoint;
  startFrom?: NamedTensors;
  /** Lines for the trial's log. */
  log: string[];
}

/** The end of an epoch with a checkpoint, as the training loop hands it over. */
export interface EndedEpoch extends Pick<Checkpoint, 'epoch' | 'step' | 'lines' | 'weights' | 'optimizer'> {
  /** The best epoch so far, if it was not handed over before; without weights if it is this epoch. */
  best?: Omit<BestEpoch, 'weights'> & Partial<Pick<BestEpoch, 'weights'>>;
}

/** The end of a trial, as the training loop hands it over. */
export interface EndedTrial
  extends Pick<
    TrialResult,
    'outcome' | 'message' | 'scoreInTrainingMode' | 'lines' | 'parameters' | 'environment'
  > {
  /** Absent if no epoch has ended. */
  best?: BestEpoch;
}

/**
 * What one attempt reads from the store and writes there. Writes follow one another; after one that failed, the others
 * fail too.
 */
export class StoredTrial {
  #store: ObjectStore;
  #job: Job<'train'>;
  #key: string;
  #startedAt = new Date().toISOString();
  /** Where the best epoch's weights and predictions are in the store. */
  #best: CheckpointManifest['best'] | undefined;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(store: ObjectStore, job: Job<'train'>) {
    this.#store = store;
    this.#job = job;
    this.#key = trialKey(job.spec);
  }

  /** Reads the newest intact checkpoint, or else the weights that the trial starts from, if any. */
  async open(): Promise<OpenedTrial> {
    const { checkpoint, damaged } = await newestIntactCheckpoint(this.#store, this.#key);
    const log = damaged.map((error) => `skipped a checkpoint: ${error.message}`);
    this.#best = checkpoint?.manifest.best;
    if (checkpoint) {
      log.push(`continuing after epoch ${checkpoint.manifest.epoch}`);
      return { resumeFrom: decodeCheckpoint(checkpoint), log };
    }
    const starting = await startingWeights(this.#store, this.#job.spec);
    return starting ? { startFrom: starting.weights, log: [...log, ...starting.log] } : { log };
  }

  /**
   * Stores an epoch's checkpoint and line.
   *
   * @throws {LeaseLostError} if the trial's lease has passed to another attempt.
   */
  storeEpoch(epoch: EndedEpoch): Promise<void> {
    return this.#afterLastWrite(async () => {
      const { best } = await saveCheckpoint(this.#store, this.#key, this.#job.term, this.#encode(epoch));
      this.#best = best;
      const line = epoch.lines.at(-1);
      if (line) await writeMetrics(this.#store, this.#key, line);
    });
  }

  /** Stores the line of an epoch without a checkpoint. */
  storeLine(line: EpochLine): Promise<void> {
    return this.#afterLastWrite(() => writeMetrics(this.#store, this.#key, line));
  }

  /**
   * Stores the trial's result, and its best weights and their predictions if no checkpoint has them.
   *
   * @throws {LeaseLostError} if the trial's lease has passed to another attempt.
   */
  storeResult({ best, ...trained }: EndedTrial): Promise<void> {
    return this.#afterLastWrite(async () => {
      const { spec, holder, term } = this.#job;
      const stored = best && (await this.#stored(best));
      const bestLine = trained.lines.find(({ epoch }) => epoch === best?.epoch);
      await writeResult(this.#store, {
        format: 1,
        trialKey: this.#key,
        spec,
        holder,
        ...trained,
        score: trained.outcome === 'completed' ? (bestLine?.val_accuracy ?? null) : null,
        bestEpoch: best?.epoch ?? null,
        weights: stored?.weights ?? null,
        tensorsSha256: best ? tensorsDigest(best.weights) : null,
        predictions: stored?.predictions ?? null,
        term,
        startedAt: this.#startedAt,
        finishedAt: new Date().toISOString(),
        trainingSeconds: trained.lines.reduce((sum, { seconds }) => sum + seconds, 0),
      });
    });
  }

  async #stored({ epoch, weights, validationProbabilities }: BestEpoch): Promise<CheckpointManifest['best']> {
    if (this.#best?.epoch === epoch) return this.#best;
    const metadata = this.#metadata(epoch);
    return {
      epoch,
      weights: await putBlob(this.#store, encodeWeights(weights, metadata)),
      predictions: await putBlob(this.#store, encodePredictions(validationProbabilities, metadata)),
    };
  }

  #afterLastWrite(write: () => Promise<void>): Promise<void> {
    this.#lastWrite = this.#lastWrite.then(write);
    return this.#lastWrite;
  }

  #encode({ step, epoch, lines, best, weights, optimizer }: EndedEpoch): CheckpointContent {
    const metadata = this.#metadata(epoch);
    return {
      step,
      epoch,
      seed: this.#job.spec.seed,
      lines,
      writtenAt: new Date().toISOString(),
      weights: encodeWeights(weights, metadata),
      optimizer: encodeSafetensors(optimizer, { ...metadata, content: 'optimizer' }),
      best: best ? this.#encodeBest(best) : (this.#best as CheckpointManifest['best']),
    };
  }

  #encodeBest({ epoch, weights, validationProbabilities }: NonNullable<EndedEpoch['best']>) {
    const metadata = this.#metadata(epoch);
    const predictions = encodePredictions(validationProbabilities, metadata);
    return { predictions, ...(weights && { earlier: { epoch, weights: encodeWeights(weights, metadata) } }) };
  }

  /** The trial's key makes the bytes unique to this trial: see storage/blobs.ts. */
  #metadata(epoch: number): Record<string, string> {
    return { trial: this.#key, epoch: String(epoch) };
  }
}

// --- helpers ---

function encodeWeights(weights: NamedTensors, metadata: Record<string, string>): Uint8Array {
  return encodeSafetensors(weights, { ...metadata, content: 'weights' });
}

function decodeCheckpoint({ manifest, weights, optimizer, best }: IntactCheckpoint): Checkpoint {
  const { epoch, step, lines } = manifest;
  return {
    epoch,
    step,
    lines,
    weights: decodeSafetensors(weights).tensors,
    optimizer: decodeSafetensors(optimizer).tensors,
    best: {
      epoch: manifest.best.epoch,
      weights: decodeSafetensors(best.weights).tensors,
      validationProbabilities: decodePredictions(best.predictions),
    },
  };
}
