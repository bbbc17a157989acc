import { epochFloor } from '../floors.ts';
import type { NamedNetwork } from '../networks.ts';
import type { Loop } from '../programs.ts';
import type { Bench } from '../sections/section.ts';
import type { Measurement } from './measure.ts';
import { measureByTurns, summaryOf } from './rounds.ts';
import type { Summary } from './statistics.ts';

/** The training part of an epoch of 40,000 images at batch 32. */
export interface EpochTimes {
  network: string;
  threads: number;
  ours: LoopTime;
  /** By name; the last is PyTorch's good loop. */
  peers: Record<Exclude<Loop, 'ours'>, LoopTime>;
  /** Ratio of the good loop's time to ours. */
  ratio: number;
  floor: number;
}

export interface LoopTime {
  seconds: Summary;
  /** Number of steps that it is projected from; null for a complete epoch. */
  projectedFrom: number | null;
}

const ROUNDS = 3;
const BATCH_SIZE = 32;
const LOOPS: readonly Loop[] = ['ours', 'original report', 'in memory'];
/** If the ratio after two rounds is this many times the floor, or less than the reciprocal, a third tells nothing new. */
const CLEAR = 1.15;

/** Measures an epoch against two PyTorch loops: the original report's, once, and a good one. */
export async function measureEpochTimes(
  { programs, run, untilQuiet, log }: Bench,
  { name, network }: NamedNetwork,
  threads: number,
): Promise<EpochTimes> {
  const request = { network, batchSize: BATCH_SIZE, threads };
  const floor = epochFloor(name);
  const { measured, failed } = await measureByTurns({
    title: `${name}, an epoch, threads ${threads}`,
    turns: LOOPS.map((loop) => ({
      name: loop,
      measure: () => run(programs.epoch(loop, request, 'epoch')),
    })),
    rounds: ROUNDS,
    continueWith(found, round) {
      const ratio = ratioOf(found);
      const clear = ratio > floor * CLEAR || ratio < floor / CLEAR;
      return round > 1 && clear ? [] : ['ours', 'in memory'];
    },
    log,
    untilQuiet,
  });
  for (const [loop, why] of failed)
    throw new Error(`${name}: the loop "${loop}" could not be measured: ${why}`);
  return {
    network: name,
    threads,
    ours: timeOf(measured, 'ours'),
    peers: {
      'original report': timeOf(measured, 'original report'),
      'in memory': timeOf(measured, 'in memory'),
    },
    ratio: ratioOf(measured),
    floor,
  };
}

// --- helpers ---

function ratioOf(measured: ReadonlyMap<string, Measurement[]>): number {
  const median = (loop: Loop) => timeOf(measured, loop).seconds.median;
  return median('in memory') / median('ours');
}

function timeOf(measured: ReadonlyMap<string, Measurement[]>, loop: Loop): LoopTime {
  const found = measured.get(loop) ?? [];
  return {
    seconds: summaryOf(found, ({ seconds = 0 }) => seconds),
    projectedFrom: found.find(({ figures }) => figures.projectedFrom)?.figures.projectedFrom ?? null,
  };
}
