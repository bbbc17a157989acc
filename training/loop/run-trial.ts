import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { bestEpoch, type EpochLine, type Outcome } from '../../study/trial/trial.ts';
import type { LabelledImages } from '../batches.ts';
import type { BestEpoch, Checkpoint } from '../checkpoint/checkpoint.ts';
import { createCompiledEngine } from '../compile/compiled-engine.ts';
import { usedImages } from '../data/used-images.ts';
import type { CreateTrainingEngine, TrainingEngine } from '../engine.ts';
import { createNetwork } from '../networks/network.ts';
import { createUpdateRule } from '../optimizers/optimizer.ts';
import { learningRateAt } from '../optimizers/schedule.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { accuracyInTrainingMode, evaluateWith } from './evaluate.ts';
import { createPauses } from './event-loop.ts';
import { drawFlips } from './order.ts';
import { checkFinite, DivergedError, isOutOfMemory } from './outcomes.ts';
import { createProgressMeter, type TrainingProgress } from './progress.ts';
import { startingTensors } from './state.ts';
import { trainEpoch } from './train-epoch.ts';

/** One training run. */
export interface TrialRun {
  config: TrainingConfig;
  /** Governs initial weights, order of images, flips and dropout. */
  seed: number;
  images: LabelledImages;
  /** Indices of the images trained on. */
  training: Int32Array;
  /** Indices of the images that every epoch is judged by. */
  validation: Int32Array;
  /** Weights to start with; tensors that are not among them start as the seed has them. */
  startFrom?: NamedTensors;
  /** Where to go on from; the result is the same to the bit as without the interruption. */
  resumeFrom?: Checkpoint;
  /** About once a second while steps are done. */
  onProgress(progress: TrainingProgress): void;
  /** A sign of life where no step is done. */
  onAlive(doing: string): void;
  /** After every epoch; the next one starts when it has resolved. */
  onEpoch(checkpoint: Checkpoint, isBest: boolean): Promise<void>;
  signal: AbortSignal;
}

/** What became of a trial. */
export interface TrialOutcome {
  outcome: Outcome;
  /** Why it did not complete. */
  message?: string;
  /** Of the epochs that were done. */
  lines: EpochLine[];
  /** Absent where no epoch was done. */
  best?: BestEpoch;
  /**
   * Validation accuracy of the best epoch's weights with the network as it is in training, percent; see
   * `accuracyInTrainingMode`. Absent for a network without dropout and batch normalisation, and unless completed.
   */
  scoreInTrainingMode?: number;
  /** Number of values that are trained. */
  parameters: number;
}

/**
 * Trains a network to its last epoch, or until it diverges or runs out of memory.
 *
 * @throws the signal's reason once it is aborted; NetworkShapeError for a network that can't work;
 *   CheckpointMismatchError for a checkpoint or weights of another configuration; RangeError where there is no image to train or
 *   validate on; whatever `onEpoch` throws.
 */
export async function runTrial(
  run: TrialRun,
  createEngine: CreateTrainingEngine = createCompiledEngine,
): Promise<TrialOutcome> {
  const { config, seed, resumeFrom } = run;
  const network = createNetwork(config);
  const rule = createUpdateRule(config.optimizer);
  const stepsPerEpoch = Math.ceil(run.training.length / config.batchSize);
  if (stepsPerEpoch === 0) throw new RangeError('expected at least one image to train on, got none');
  const validationFlip = config.validationFlip ? config.horizontalFlip : 0;
  const pauses = createPauses(run.signal);
  const validationShare = run.validation.length / run.training.length;
  const meter = createProgressMeter({ epochs: config.epochs, stepsPerEpoch, validationShare });

  const lines = [...(resumeFrom?.lines ?? [])];
  let best = resumeFrom?.best;
  const ended = (outcome: Outcome, message?: string): TrialOutcome => ({
    outcome,
    ...(message !== undefined && { message }),
    lines,
    ...(best && { best }),
    parameters: network.parameterCount,
  });

  /** Of the validation images as that epoch saw them. */
  const validationFlips = (epoch: number) =>
    drawFlips(run.validation.length, validationFlip, 'validation', seed, epoch);
  const inTrainingMode = ({ epoch, weights }: BestEpoch) => {
    const alive = () => run.onAlive(`evaluating epoch ${epoch} in training mode`);
    alive();
    const validation = { images: run.images, indices: run.validation, flips: validationFlips(epoch) };
    const pauses = createPauses(run.signal, alive);
    return accuracyInTrainingMode(config, weights, validation, { seed, epoch }, pauses);
  };

  let engine: TrainingEngine | undefined;
  try {
    run.onAlive('preparing images and weights');
    const start = startingTensors(network, rule, seed, run);
    const { images, indices } = usedImages(run.images, [run.training, run.validation]);
    const [training, validation] = indices as [Int32Array, Int32Array];
    const mirrored = config.horizontalFlip > 0;
    engine = createEngine({ network, images, mirrored, optimizer: config.optimizer });
    engine.setWeights(start.weights);
    engine.setSlots(start.slots);
    const trial = {
      config,
      seed,
      engine,
      training,
      pauses,
      meter,
      onProgress: (progress: TrainingProgress) => run.onProgress(progress),
    };

    for (let epoch = lines.length + 1; epoch <= config.epochs; epoch++) {
      const started = performance.now();
      const trained = await trainEpoch(trial, epoch);

      const alive = () => run.onAlive(`evaluating epoch ${epoch}`);
      alive();
      const validated = await evaluateWith(
        engine,
        images.labels,
        validation,
        validationFlips(epoch),
        createPauses(run.signal, alive),
      );
      checkFinite('val_loss', validated.loss, `after epoch ${epoch}, by its steps 1 to ${stepsPerEpoch}`);
      const finished = performance.now();

      lines.push({
        epoch,
        train_loss: trained.loss,
        train_accuracy: trained.accuracy,
        val_loss: validated.loss,
        val_accuracy: validated.accuracy,
        learning_rate: learningRateAt(config, epoch),
        seconds: (finished - started) / 1000,
      });
      run.onAlive(`storing epoch ${epoch}`);
      const weights = engine.weights();
      const isBest = bestEpoch(lines)?.epoch === epoch;
      if (isBest || !best) best = { epoch, weights, validationProbabilities: validated.probabilities };
      await run.onEpoch(
        {
          epoch,
          step: epoch * stepsPerEpoch,
          lines: [...lines],
          weights,
          optimizer: engine.slots(),
          best,
        },
        isBest,
      );
    }
    engine.dispose();
    engine = undefined;
    const scoreInTrainingMode = best && (await inTrainingMode(best));
    return { ...ended('completed'), ...(scoreInTrainingMode !== undefined && { scoreInTrainingMode }) };
  } catch (error) {
    if (error instanceof DivergedError) return ended('diverged', error.message);
    if (isOutOfMemory(error)) return ended('outOfMemory', (error as Error).message);
    throw error;
  } finally {
    engine?.dispose();
  }
}
