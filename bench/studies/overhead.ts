import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Disturbance, isDisturbed, untilQuiet } from '../timing/machine-load.ts';
import { ProgramFailed, runProgram } from '../timing/measure.ts';
import type { CheckoutStack } from './checkout-stack.ts';
import type { StudyImages } from './images.ts';
import { emptyStudy } from './study-files.ts';

/** What a trial costs beside its training, here and in tools that search hyperparameters. */
export interface Overhead {
  trials: number;
  /** At the same time. */
  atOnce: number;
  /** By tool; ours is `ours`. */
  tools: Record<string, ToolOverhead>;
  /** By tool: why it has no times. */
  failed: Record<string, string>;
}

interface ToolOverhead {
  /** Of all trials. */
  seconds: number;
  /** What a further trial adds. */
  secondsATrial: number;
  disturbed: boolean;
}

export interface OverheadRequest {
  stack: CheckoutStack;
  images: StudyImages;
  /** The peers' interpreter. */
  python: string;
  atOnce: number;
  /** For files. */
  folder: string;
  signal: AbortSignal;
  log(line: string): void;
}

/** The peers, by the name in the results: the argument of empty_trials.py. */
export const OVERHEAD_PEERS = {
  'Ray Tune': 'ray',
  'Ray Tune, reused actors': 'ray-reused',
  Optuna: 'optuna',
} as const;

const TRIALS = 200;
/** The smallest study has one trial in each of its two stages. */
const FEWEST = 2;

/** Measures studies of many trials that do next to nothing, one tool after another. */
export async function measureOverhead(request: OverheadRequest): Promise<Overhead> {
  const { atOnce, signal, log } = request;
  const overhead: Overhead = { trials: TRIALS, atOnce, tools: {}, failed: {} };
  const add = (tool: string, { seconds, secondsATrial, disturbance }: Found) => {
    overhead.tools[tool] = { seconds, secondsATrial, disturbed: isDisturbed(disturbance) };
    log(`${TRIALS} trials that do nothing, ${tool}: ${seconds.toFixed(1)} s`);
  };
  await untilQuiet(signal);
  add('ours', await ourTrials(request));
  for (const [tool, argument] of Object.entries(OVERHEAD_PEERS)) {
    await untilQuiet(signal);
    try {
      add(tool, await peerTrials(request, argument));
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error;
      overhead.failed[tool] = error.message;
      log(`${TRIALS} trials that do nothing, ${tool}: ${error.message}`);
    }
  }
  return overhead;
}

// --- helpers ---

interface Found {
  seconds: number;
  secondsATrial: number;
  disturbance: Disturbance;
}

/** The first study stores the images too; the second one's time is subtracted. */
async function ourTrials({ stack, images, folder }: OverheadRequest): Promise<Found> {
  const run = async (trials: number, seed: number) => {
    const study = emptyStudy(trials, seed);
    const file = join(folder, `${study.name}.json`);
    await writeFile(file, JSON.stringify(study));
    return stack.call(['run', file, '--dataset', images.archive]);
  };
  await run(FEWEST, 1);
  const few = await run(FEWEST, 2);
  const { seconds, disturbance } = await run(TRIALS, 3);
  return { seconds, secondsATrial: (seconds - few.seconds) / (TRIALS - FEWEST), disturbance };
}

async function peerTrials({ python, atOnce, signal }: OverheadRequest, tool: string): Promise<Found> {
  // Ray's sockets need a short path.
  const place = await mkdtemp(join(tmpdir(), 'trials-'));
  try {
    const { figures, disturbance } = await runProgram(
      {
        command: python,
        args: [
          fileURLToPath(new URL('../programs/empty_trials.py', import.meta.url)),
          tool,
          String(TRIALS),
          String(atOnce),
          place,
        ],
        env: { ...process.env, CUDA_VISIBLE_DEVICES: '-1', RAY_USAGE_STATS_ENABLED: '0' },
      },
      signal,
    );
    const { seconds = 0, oneSeconds = 0 } = figures;
    return { seconds, secondsATrial: (seconds - oneSeconds) / (TRIALS - 1), disturbance };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
