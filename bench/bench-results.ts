import type { Machine } from './timing/machine.ts';
import type { Summary } from './timing/statistics.ts';

/** What a bench found, as docs/bench.json has it. */
export interface BenchResults {
  command: string;
  /** ISO 8601. */
  startedAt: string;
  minutes: number;
  machine: Machine;
  steps: StepTimes[];
  epochs: EpochTimes[];
  /** From the start of a trainer's process to its first step's end, seconds. */
  firstStep: { seconds: Summary; limit: number } | null;
  /** The most memory of a process, MiB. */
  memory: { ours: Summary; peer: Summary; limit: number } | null;
}

/** Training steps of one network and batch size. */
export interface StepTimes {
  network: string;
  batchSize: number;
  /** By contestant. */
  milliseconds: Record<string, Summary>;
  /** By contestant: why there are no times. */
  failed: Record<string, string>;
  fastestPeer: string;
  /** Its time over ours. */
  ratio: number;
  floor: number;
  /** Share of the time of ours outside TensorFlow. */
  outsideShare: number;
}

/** The training part of an epoch of 40,000 images at batch 32. */
export interface EpochTimes {
  network: string;
  ours: Summary;
  /** Ours is projected from so many steps; null for a whole epoch. */
  projectedFrom: number | null;
  peer: Summary;
  /** The peer's time over ours. */
  ratio: number;
  floor: number | null;
}
