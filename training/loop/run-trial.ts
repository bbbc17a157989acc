import type { InputForm } from '../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { OtherMeasure } from '../../study/trial/measure.ts';
import { bestEpoch, type EpochLine, type Outcome } from '../../study/trial/trial.ts';
import { imageForm } from '../augmentations/image-form.ts';
import type { BestEpoch, Checkpoint } from '../checkpoint/checkpoint.ts';
import { createCompiledEngine } from '../compile/compiled-engine.ts';
import type { CreateTrainingEngine, TrainingEngine } from '../compile/engine.ts';
import type { LabelledImages, Labels } from '../data/labelled-images.ts';
import { usedImages } from '../data/used-images.ts';
import { createNetwork } from '../networks/network.ts';
import type { NetworkFunction } from '../networks/network-function.ts';
import { createUpdateRule } from '../optimizers/optimizer.ts';
import { learningRates } from '../optimizers/schedule.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { type Evaluation, evaluateWith, scoreInTrainingMode } from './evaluate.ts';
import { createPauses } from './event-loop.ts';
import { drawFlips } from './order.ts';
import { checkFinite, DivergedError } from './outcomes.ts';
import { createProgressMeter, type TrainingProgress } from './progress.ts';
import { startingTensors } from './starting-tensors.ts';
import { type DoneSteps, trainEpoch } from './train-epoch.ts';

/** What a trial needs. */
export interface TrialRequest {
  config: TrainingConfig;
  /** The form of the images. */
  input: InputForm;
  /** By what its best epoch is chosen. Absent: accuracy. */
  rankBy?: OtherMeasure | undefined;
  /** Determines initial weights, order of images, flips and dropout. */
  seed: number;
  images: LabelledImages;
  /** Indices of the training images. */
  training: Int32Array;
  /** Indices of the images that every epoch is validated on. */
  validation: Int32Array;
  /** Initial weights. Tensors that are not among them are drawn from the seed. */
  startFrom?: NamedTensors;
  /** The checkpoint to resume from. The result is the same, bit for bit, as without the interruption. */
  resumeFrom?: Checkpoint;
  /** Called about once a second while steps run. */
  onProgress(progress: TrainingProgress): void;
  /** Called while no steps run, as a sign of life. */
  onAlive(): void;
  /**
   * Called after every epoch. The next epoch starts once the promise resolves. The checkpoint's arrays are copies that
   * nothing here reads or changes again, except those of the best epoch.
   *
   * @param hits of the epoch on the validation images; see `Evaluation`.
   */
  onEpoch(checkpoint: EndOfEpoch, isBest: boolean, hits: Uint8Array): Promise<void>;
  /** Hands over checkpoints within epochs. The next step starts once `take`'s promise resolves. */
  withinEpochs?: {
    /** Asked after each step. */
    isDue(): boolean;
    take(checkpoint: Checkpoint): Promise<void>;
  };
  /** Takes the state in which the signal has stopped the training, before its reason is thrown. */
  onStopped?(checkpoint: Checkpoint): Promise<void>;
  signal: AbortSignal;
}

/** A checkpoint at the end of an epoch. */
export type EndOfEpoch = Checkpoint & Required<Pick<Checkpoint, 'best'>>;

/** How a trial ended. */
export interface TrialOutcome {
  outcome: Outcome;
  /** Why it didn't complete. */
  message?: string;
  /** Of the finished epochs. */
  lines: EpochLine[];
  /** Absent if no epoch finished. */
  best?: BestEpoch;
  /**
   * Score of the best epoch's weights in training mode, in the trial's measure; see the function `scoreInTrainingMode`. Absent
   * for a network without dropout and batch normalisation, and for a trial that didn't complete.
   */
  scoreInTrainingMode?: number;
  /** Number of trained values. */
  parameters: number;
}

/**
 * Trains a network to its last epoch, or until it diverges.
 *
 * @throws the signal's reason once it is aborted, and everything that the callbacks throw.
 * @throws {NetworkShapeError} if no image fits through the network.
 * @throws {CheckpointMismatchError} if the checkpoint or weights belong to another configuration.
 * @throws {RangeError} if there are no images to train or validate on.
 */
export async function runTrial(
  trial: TrialRequest,
  createEngine: CreateTrainingEngine = createCompiledEngine,
): Promise<TrialOutcome> {
  const network = createNetwork(trial.config, trial.input);
  const done: Done = { lines: [...(trial.resumeFrom?.lines ?? [])], best: trial.resumeFrom?.best };
  const ended = (outcome: Outcome, message?: string): TrialOutcome => ({
    outcome,
    ...(message !== undefined && { message }),
    lines: done.lines,
    ...(done.best && { best: done.best }),
    parameters: network.parameterCount,
  });
  try {
    await trainEpochs(trial, network, done, createEngine);
    const inTrainingMode = done.best && (await scoreOf(trial, done.best));
    return {
      ...ended('completed'),
      ...(inTrainingMode !== undefined && { scoreInTrainingMode: inTrainingMode }),
    };
  } catch (error) {
    if (error instanceof DivergedError) return ended('diverged', error.message);
    throw error;
  }
}

// --- helpers ---

/** What a trial has finished. */
interface Done {
  lines: EpochLine[];
  best: BestEpoch | undefined;
}

/** Trains the epochs that are left, and adds each to those that are done. */
async function trainEpochs(
  trial: TrialRequest,
  network: NetworkFunction,
  done: Done,
  createEngine: CreateTrainingEngine,
): Promise<void> {
  const { config, rankBy, seed, signal, withinEpochs } = trial;
  const stepsPerEpoch = Math.ceil(trial.training.length / config.batchSize);
  if (stepsPerEpoch === 0) throw new RangeError('expected at least one image to train on, got none');
  const pauses = createPauses(signal);
  const validationShare = trial.validation.length / trial.training.length;
  const meter = createProgressMeter({ epochs: config.epochs, stepsPerEpoch, validationShare });

  trial.onAlive();
  const start = startingTensors(network, createUpdateRule(config.optimizer), seed, trial);
  const { images, indices } = usedImages(trial.images, [trial.training, trial.validation]);
  const [training, validation] = indices as [Int32Array, Int32Array];
  const mirrored = config.horizontalFlip > 0;
  const form = imageForm(network.input, images.normalisation);
  const engine = createEngine({ ...config, network, images, mirrored });

  /** The epoch that has begun: how many of its steps are done, and since when it runs. */
  let begun = resumedEpoch(trial.resumeFrom, stepsPerEpoch);
  const checkpoint = (): Checkpoint => {
    const epoch = done.lines.length;
    const seconds = (performance.now() - begun.since) / 1000;
    return {
      epoch,
      step: epoch * stepsPerEpoch + begun.steps,
      lines: [...done.lines],
      weights: engine.weights(),
      optimizer: engine.slots(),
      ...(done.best && { best: done.best }),
      ...(begun.steps > 0 && { within: { sums: engine.sums(), seconds } }),
    };
  };
  /** Training that has diverged can't be resumed: soon it ends with that outcome. */
  const hasFiniteSums = () => begun.steps === 0 || Number.isFinite(engine.sums().loss);
  const onStep = (steps: number) => {
    begun.steps = steps;
    if (steps === stepsPerEpoch || !withinEpochs?.isDue() || !hasFiniteSums()) return undefined;
    return withinEpochs.take(checkpoint());
  };

  try {
    engine.setWeights(start.weights);
    engine.setSlots(start.slots);

    for (let epoch = done.lines.length + 1; epoch <= config.epochs; epoch++) {
      // Train
      const onProgress = (progress: TrainingProgress) => trial.onProgress(progress);
      const epochTraining = { config, seed, engine, form, training, pauses, meter, onProgress, onStep };
      const trained = await trainEpoch(epochTraining, epoch, begun.done);

      // Validate
      const validated = await validate(trial, engine, images.labels, validation, epoch);
      checkFinite('val_loss', validated.loss, `after epoch ${epoch}, by its steps 1 to ${stepsPerEpoch}`);

      // Log row
      done.lines.push({
        epoch,
        train_loss: trained.loss,
        train_accuracy: trained.accuracy,
        val_loss: validated.loss,
        val_accuracy: validated.accuracy,
        ...(rankBy && rankBy !== 'loss' && { val_score: validated.score }),
        learning_rate: learningRates(config, epoch, stepsPerEpoch)(stepsPerEpoch),
        seconds: (performance.now() - begun.since) / 1000,
      });
      begun = newEpoch();

      // Checkpoint
      trial.onAlive();
      const { weights, ...ended } = checkpoint();
      const isBest = bestEpoch(done.lines, rankBy)?.epoch === epoch;
      if (isBest || !done.best) {
        done.best = { epoch, weights, validationProbabilities: validated.probabilities };
      }
      await trial.onEpoch({ ...ended, weights, best: done.best }, isBest, validated.hits);
      begun = newEpoch();
    }
  } catch (error) {
    // Between two steps, the engine's state is complete.
    const isStopped = signal.aborted && error === signal.reason;
    if (isStopped && trial.onStopped && hasFiniteSums()) await trial.onStopped(checkpoint());
    throw error;
  } finally {
    engine.dispose();
  }
}

interface BegunEpoch {
  /** Its steps so far. */
  steps: number;
  /** On `performance`'s clock, as if it had run without interruption. */
  since: number;
  /** What an earlier attempt has done of it. */
  done?: DoneSteps;
}

function newEpoch(): BegunEpoch {
  return { steps: 0, since: performance.now() };
}

function resumedEpoch(resumeFrom: Checkpoint | undefined, stepsPerEpoch: number): BegunEpoch {
  if (!resumeFrom?.within) return newEpoch();
  const { epoch, step, within } = resumeFrom;
  const steps = step - epoch * stepsPerEpoch;
  return { steps, since: performance.now() - 1000 * within.seconds, done: { steps, sums: within.sums } };
}

function validate(
  trial: TrialRequest,
  engine: TrainingEngine,
  labels: Labels,
  validation: Int32Array,
  epoch: number,
): Promise<Evaluation> {
  trial.onAlive();
  const pauses = createPauses(trial.signal, () => trial.onAlive());
  const flips = validationFlips(trial, epoch);
  return evaluateWith(engine, trial.input.classes, labels, validation, flips, pauses, trial.rankBy);
}

/** The best epoch's score in training mode, on the images as that epoch's validation mirrored them. */
function scoreOf(trial: TrialRequest, { epoch, weights }: BestEpoch): Promise<number | undefined> {
  trial.onAlive();
  const validation = {
    images: trial.images,
    indices: trial.validation,
    flips: validationFlips(trial, epoch),
  };
  const pauses = createPauses(trial.signal, () => trial.onAlive());
  return scoreInTrainingMode(
    trial.config,
    trial.input,
    weights,
    validation,
    { seed: trial.seed, epoch },
    pauses,
    trial.rankBy,
  );
}

function validationFlips({ config, seed, validation }: TrialRequest, epoch: number): Uint8Array | undefined {
  const probability = config.validationFlip ? config.horizontalFlip : 0;
  return drawFlips({ count: validation.length, probability, stream: 'validation', seed, epoch });
}
