import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../infra/project.ts';
import {
  type Disturbance,
  disturbanceBetween,
  isDisturbed,
  readLoad,
  untilQuiet,
} from '../timing/machine-load.ts';
import { ProgramFailed } from '../timing/measure.ts';
import { startCheckoutStack } from './checkout-stack.ts';
import { generatedArchive } from './images.ts';
import { emptyStudy } from './study-files.ts';
import { runTimed } from './timed-process.ts';

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

export interface ToolOverhead {
  /** Of all trials. */
  seconds: number;
  /** What a further trial adds. */
  secondsATrial: number;
  disturbed: boolean;
}

export interface OverheadRequest {
  /** The peers' interpreter. */
  python: string;
  signal: AbortSignal;
  log(line: string): void;
}

const TRIALS = 200;
/** The smallest study has one trial in each of its two stages. */
const FEWEST = 2;
/** The arguments of empty_trials.py, by the name in the results. */
const PEERS = { 'Ray Tune': 'ray', 'Ray Tune, reused actors': 'ray-reused', Optuna: 'optuna' };

/** Measures studies of many trials that do next to nothing, one tool after another. Yields whenever one is done. */
export async function* measureOverhead(request: OverheadRequest): AsyncGenerator<Overhead> {
  const { signal, log } = request;
  const overhead: Overhead = { trials: TRIALS, atOnce: availableParallelism(), tools: {}, failed: {} };
  const measures: [string, () => Promise<Found>][] = [
    ['ours', () => ourTrials(signal)],
    ...Object.entries(PEERS).map(([tool, argument]): [string, () => Promise<Found>] => [
      tool,
      () => peerTrials(request, argument, overhead.atOnce),
    ]),
  ];
  for (const [tool, measure] of measures) {
    await untilQuiet(signal);
    try {
      const { seconds, secondsATrial, disturbance } = await measure();
      overhead.tools[tool] = { seconds, secondsATrial, disturbed: isDisturbed(disturbance) };
      log(`${TRIALS} trials that do nothing, ${tool}: ${seconds.toFixed(1)} s`);
    } catch (error) {
      if (!(error instanceof ProgramFailed) || tool === 'ours') throw error;
      overhead.failed[tool] = error.message;
      log(`${TRIALS} trials that do nothing, ${tool}: ${error.message}`);
    }
    yield overhead;
  }
}

// --- helpers ---

interface Found extends Omit<ToolOverhead, 'disturbed'> {
  disturbance: Disturbance;
}

/** The first study stores the images too; the second one's time is subtracted. */
async function ourTrials(signal: AbortSignal): Promise<Found> {
  const folder = await mkdtemp(join(tmpdir(), 'staged-study-overhead-'));
  try {
    const archive = await generatedArchive(folder, 200);
    const stack = await startCheckoutStack(projectRoot, signal);
    try {
      const run = async (trials: number, seed: number) => {
        const study = emptyStudy(trials, seed);
        const file = join(folder, `${study.name}.json`);
        await writeFile(file, JSON.stringify(study));
        return stack.call(['run', file, '--dataset', archive]);
      };
      await run(FEWEST, 1);
      const few = await run(FEWEST, 2);
      const { seconds, disturbance } = await run(TRIALS, 3);
      return { seconds, secondsATrial: (seconds - few.seconds) / (TRIALS - FEWEST), disturbance };
    } finally {
      await stack.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function peerTrials({ python, signal }: OverheadRequest, tool: string, atOnce: number): Promise<Found> {
  // Ray's sockets need a short path.
  const folder = await mkdtemp(join(tmpdir(), 'trials-'));
  const script = fileURLToPath(new URL('../programs/empty_trials.py', import.meta.url));
  try {
    const before = readLoad(process.pid);
    const { lines } = await runTimed({
      command: python,
      args: [script, tool, String(TRIALS), String(atOnce), folder],
      env: { ...process.env, CUDA_VISIBLE_DEVICES: '-1', RAY_USAGE_STATS_ENABLED: '0' },
      signal,
    });
    const disturbance = disturbanceBetween(before, readLoad(process.pid));
    const { one, all }: { one: number; all: number } = JSON.parse(lines.at(-1) ?? '');
    return { seconds: all, secondsATrial: (all - one) / (TRIALS - 1), disturbance };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
