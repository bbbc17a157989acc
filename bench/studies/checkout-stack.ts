import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentWithout } from '../../infra/servers/environment.ts';
import { readStackState } from '../../infra/stack/stack-state.ts';
import { type Disturbance, disturbanceBetween, type LoadSample, readLoad } from '../timing/machine-load.ts';
import { runTimed, type TimedProcess } from './timed-process.ts';

/** A checkout's stack that is up, with an empty store and a state folder of its own. */
export interface CheckoutStack {
  /**
   * Runs `staged-study` with these arguments.
   *
   * @returns seconds from the command's start to its end, and what other processes took meanwhile.
   */
  call(
    args: readonly string[],
    onLine?: TimedProcess['onLine'],
  ): Promise<{ seconds: number; disturbance: Disturbance }>;
  /** Stops the stack, and deletes its state. */
  stop(): Promise<void>;
}

/**
 * Starts a stack that uses the CPU only.
 *
 * @param checkout the folder of a checkout of this project, after `npm ci` and `npm run setup`.
 */
export async function startCheckoutStack(checkout: string, signal: AbortSignal): Promise<CheckoutStack> {
  const state = await mkdtemp(join(tmpdir(), 'staged-study-stack-'));
  const program = (args: readonly string[]): TimedProcess => ({
    command: process.execPath,
    args: [join(checkout, 'client', 'staged-study.mjs'), ...args],
    cwd: checkout,
    env: {
      ...environmentWithout(['TEMPORAL_', 'S3_', 'STAGED_STUDY_']),
      CUDA_VISIBLE_DEVICES: '-1',
      STAGED_STUDY_STATE: state,
    },
  });
  const stop = async () => {
    await runTimed(program(['down']));
    await rm(state, { recursive: true, force: true });
  };
  try {
    await runTimed({ ...program(['up']), signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async call(args, onLine) {
      const before = loadWithStack(state);
      const { seconds } = await runTimed({ ...program(args), signal, ...(onLine && { onLine }) });
      return { seconds, disturbance: disturbanceBetween(before, loadWithStack(state)) };
    },
    stop,
  };
}

// --- helpers ---

/** The stack is no descendant of this process: `up` has left it running. */
function loadWithStack(state: string): LoadSample {
  const sample = readLoad(process.pid);
  const supervisor = readStackState(state)?.supervisor.pid;
  return supervisor === undefined ? sample : { ...sample, own: sample.own + readLoad(supervisor).own };
}
