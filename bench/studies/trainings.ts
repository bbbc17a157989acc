import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../infra/project.ts';
import { defaultSettings, type Network } from '../../study/definition/training-config.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { processEnvironment } from '../../trainer/environment.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { splitImages } from '../../training/data/split.ts';
import {
  type Disturbance,
  disturbanceBetween,
  isDisturbed,
  readLoad,
  untilQuiet,
} from '../timing/machine-load.ts';
import { type Summary, summarise } from '../timing/statistics.ts';
import { type CheckoutStack, startCheckoutStack } from './checkout-stack.ts';
import { type StudyImages, studyImages } from './images.ts';
import { EPOCHS, emptyStudy, IMAGES, trainedNetworks, trainingsStudy } from './study-files.ts';
import { runTimed } from './timed-process.ts';

/** Whole studies beside a pool of processes that train the same networks with PyTorch. */
export interface TrainingsAnHour {
  images: StudyImages['kind'];
  /** In each round. */
  trainings: number;
  /** At the same time. */
  atOnce: number;
  /** Seconds of a round. */
  ours: Summary;
  pool: Summary;
  /** Mean over all trainings of their best validation accuracy, percent. */
  accuracy: { ours: number; pool: number };
}

/** A file for torch_pool.py. */
export interface PoolJob {
  /** The file of packed training images. */
  images: string;
  /** Indices of images. */
  training: number[];
  validation: number[];
  trials: { name: string; network: Network }[];
  epochs: number;
  batchSize: number;
  horizontalFlip: number;
  processes: number;
  seed: number;
}

export interface TrainingsRequest {
  /** The peers' interpreter. */
  python: string;
  signal: AbortSignal;
  log(line: string): void;
}

const ROUNDS = 2;

/**
 * Measures the time of a study on a stack that is up, and of the same trainings in a pool of processes, in turns. Yields
 * after every round.
 */
export async function* measureTrainings({
  python,
  signal,
  log,
}: TrainingsRequest): AsyncGenerator<TrainingsAnHour> {
  const folder = await mkdtemp(join(tmpdir(), 'staged-study-trainings-'));
  try {
    const images = await studyImages(folder, IMAGES);
    const job = await poolJob(folder, images);
    const sides = {
      ours: (round: number) => runStudy(stack, folder, images, round),
      pool: () => runPool(python, folder, job, signal),
    };
    const found: Record<keyof typeof sides, Round[]> = { ours: [], pool: [] };
    const stack = await startCheckoutStack(projectRoot, signal);
    try {
      // Stores the images.
      await storeImages(stack, folder, images);
      for (let round = 1; round <= ROUNDS; round++) {
        const names = ['ours', 'pool'] as const;
        for (const side of round % 2 === 1 ? names : names.toReversed()) {
          await untilQuiet(signal);
          const title = `${job.trials.length} trainings, round ${round} of ${ROUNDS}, ${side}`;
          const one = await sides[side](round);
          if (one.accuracies.length !== job.trials.length) {
            throw new Error(`${title}: expected a result of each training, got ${one.accuracies.length}`);
          }
          found[side].push(one);
          log(`${title}: ${one.seconds.toFixed(1)} s`);
        }
        yield resultOf(images.kind, job, found);
      }
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// --- helpers ---

interface Round {
  seconds: number;
  disturbance: Disturbance;
  /** Best validation accuracy of each training, percent. */
  accuracies: number[];
}

function resultOf(
  images: StudyImages['kind'],
  { trials, processes }: PoolJob,
  found: Record<'ours' | 'pool', Round[]>,
): TrainingsAnHour {
  const seconds = (rounds: Round[]) =>
    summarise(
      rounds.map((round) => round.seconds),
      rounds.filter(({ disturbance }) => isDisturbed(disturbance)).length,
    );
  const accuracy = (rounds: Round[]) => mean(rounds.flatMap(({ accuracies }) => accuracies));
  return {
    images,
    trainings: trials.length,
    atOnce: processes,
    ours: seconds(found.ours),
    pool: seconds(found.pool),
    accuracy: { ours: accuracy(found.ours), pool: accuracy(found.pool) },
  };
}

async function storeImages(stack: CheckoutStack, folder: string, { archive }: StudyImages): Promise<void> {
  const file = join(folder, 'images.json');
  await writeFile(file, JSON.stringify(emptyStudy(2, 1)));
  await stack.call(['run', file, '--dataset', archive]);
}

/** @param round also the seed, because the store has the results of earlier rounds. */
async function runStudy(
  stack: CheckoutStack,
  folder: string,
  { archive }: StudyImages,
  round: number,
): Promise<Round> {
  const study = trainingsStudy(round);
  const file = join(folder, `${study.name}.json`);
  await writeFile(file, JSON.stringify(study));
  const accuracies: number[] = [];
  const { seconds, disturbance } = await stack.call(['run', file, '--dataset', archive], (line) => {
    const score = /^ {2}[\w/]+: ([\d.]+) %/.exec(line)?.[1];
    if (score) accuracies.push(Number(score));
  });
  return { seconds, disturbance, accuracies };
}

async function runPool(python: string, folder: string, job: PoolJob, signal: AbortSignal): Promise<Round> {
  const file = join(folder, 'pool.json');
  await writeFile(file, JSON.stringify(job));
  const before = readLoad(process.pid);
  const { seconds, lines } = await runTimed({
    command: python,
    args: [fileURLToPath(new URL('../programs/torch_pool.py', import.meta.url)), file],
    // The allocator settings of our trainers.
    env: { ...process.env, ...processEnvironment(1), CUDA_VISIBLE_DEVICES: '-1' },
    signal,
  });
  const disturbance = disturbanceBetween(before, readLoad(process.pid));
  const trained = lines.map((line) => JSON.parse(line) as { name: string; accuracies: number[] });
  return {
    seconds,
    disturbance,
    accuracies: trained.map(({ accuracies }) => Math.max(...accuracies)),
  };
}

async function poolJob(folder: string, images: StudyImages): Promise<PoolJob> {
  const file = join(folder, 'train.bin');
  await writeFile(file, images.train);
  const { training, validation } = splitImages(unpackImages(images.train, images.archive).labels, {
    trainImages: IMAGES,
    validationFraction: cifar10.validationFraction ?? 0.2,
    splitSeed: cifar10.splitSeed ?? 1,
  });
  const { batchSize, horizontalFlip } = { ...defaultSettings, ...cifar10.base };
  return {
    images: file,
    training: [...training],
    validation: [...validation],
    trials: trainedNetworks(),
    epochs: EPOCHS,
    batchSize,
    horizontalFlip,
    processes: availableParallelism(),
    seed: 1,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
