import type { StudyResults } from './studies/measure-studies.ts';
import type { Machine } from './timing/machine.ts';
import type { Summary } from './timing/statistics.ts';

/** The results of a bench, in the format of docs/bench.json. */
export interface BenchResults {
  command: string;
  /** ISO 8601. */
  startedAt: string;
  minutes: number;
  machine: Machine;
  steps: StepTimes[];
  epochs: EpochTimes[];
  /** From the start of a trainer's process to the end of its first step, seconds. */
  firstStep: { seconds: Summary; limit: number } | null;
  /** Whole studies; null if only some networks were measured. */
  studies: StudyResults | null;
  /** Peak memory of a process, MiB. */
  memory: { ours: Summary; peer: Summary; limit: number } | null;
}

/** Training steps of one network and batch size. */
export interface StepTimes {
  network: string;
  batchSize: number;
  /** By contestant. */
  milliseconds: Record<string, Summary>;
  /** By contestant: why it has no times. */
  failed: Record<string, string>;
  fastestPeer: string;
  /** Ratio of its time to ours. */
  ratio: number;
  floor: number;
  /** Share of our time spent outside TensorFlow. */
  outsideShare: number;
}

/** The training part of an epoch of 40,000 images at batch 32. */
export interface EpochTimes {
  network: string;
  ours: Summary;
  /** Number of steps that ours is projected from; null for a complete epoch. */
  projectedFrom: number | null;
  peer: Summary;
  /** Ratio of the peer's time to ours. */
  ratio: number;
  floor: number | null;
}
