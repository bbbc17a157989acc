import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Disturbance, disturbanceBetween, isDisturbed, readLoad } from './machine-load.ts';

/** A program that measures something in a process of its own; see programs/measured.ts. */
export interface Program {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** A program's results. */
export interface Figures {
  /** Per step, by variant: means of blocks of steps. */
  milliseconds?: Record<string, number[]>;
  /** By variant: why it has no times. */
  failed?: Record<string, string>;
  /** Number of the network's trained weights. */
  parameters?: number;
  /** Per epoch. */
  seconds?: number;
  /** Number of steps that an epoch's time is projected from; absent for a complete epoch. */
  projectedFrom?: number;
  /** Share of the time outside TensorFlow's calls. */
  outsideShare?: number;
  /** Peak memory of its process, MiB. */
  peakMegabytes?: number;
}

export type Measurement<T = Figures> = { figures: T; disturbance: Disturbance };

/** A program that ended without results. */
export class ProgramFailed extends Error {
  override name = 'ProgramFailed';
}

const MOST_TRIES = 3;

/**
 * Measures, and repeats the measurement if other processes took the machine's time, a few times at most.
 *
 * @param beforeRepeat awaited before each repetition.
 * @returns the least disturbed measurement.
 */
export async function leastDisturbed<T>(
  measure: () => Promise<Measurement<T>>,
  beforeRepeat: (disturbance: Disturbance) => Promise<void>,
): Promise<Measurement<T>> {
  let best: Measurement<T> | undefined;
  for (let tries = 1; ; tries++) {
    const found = await measure();
    if (!best || total(found) < total(best)) best = found;
    if (!isDisturbed(found.disturbance) || tries === MOST_TRIES) return best;
    await beforeRepeat(found.disturbance);
  }
}

/**
 * Runs a program once.
 *
 * @throws {ProgramFailed} with the end of its output.
 * @throws the signal's reason once it is aborted.
 */
export async function runProgram({ command, args, env }: Program, signal: AbortSignal): Promise<Measurement> {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const closed = new Promise<string>((resolve) => {
    child.once('close', (code, killedBy) =>
      resolve(killedBy ? `killed by ${killedBy}` : `exit code ${code}`),
    );
  });
  let before = readLoad(process.pid);
  let measurement: Measurement | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (line === 'begin') before = readLoad(process.pid);
    if (!line.startsWith('end ')) continue;
    const disturbance = disturbanceBetween(before, readLoad(process.pid));
    measurement = { figures: JSON.parse(line.slice('end '.length)), disturbance };
  }
  const how = await closed;
  signal.throwIfAborted();
  if (measurement && how === 'exit code 0') return measurement;
  throw new ProgramFailed(
    `${[command, ...args].join(' ')}: ${failure?.message ?? how}. ${lastLine(errors)}`,
    { cause: failure },
  );
}

// --- helpers ---

function total({ disturbance: { others, lost } }: Measurement<unknown>): number {
  return others + lost;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
