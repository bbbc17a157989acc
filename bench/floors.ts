import type { Summary } from './timing/statistics.ts';

/** The results that are required on two cores. */

/** Required geometric mean over all steps of the ratio of the fastest peer's time to ours. */
export const STEPS_MEAN_FLOOR = 1.1;
/** Required ratio for each step. */
export const STEP_FLOOR = 0.95;

/** Required ratio of a good loop's time to ours, for an epoch. */
export function epochFloor(network: string): number {
  return network === 'MLP' ? 1.5 : 1.2;
}

/** Required ratio of our trainings an hour to those of a pool of processes with PyTorch. */
export const TRAININGS_FLOOR = 1.3;

/** Seconds from a trainer's start to its first step. */
export const FIRST_STEP_LIMIT = 3;
/** Ratio of our peak memory to PyTorch's. */
export const MEMORY_LIMIT = 1.3;
/** Share of a step of ResNet-50 spent outside TensorFlow. */
export const OUTSIDE_LIMIT = 0.02;

/** Where the ratio of two times lies, beside a ratio of interest; `even` if their ranges don't tell. */
export type Verdict = 'above' | 'even' | 'below';

/** @param floor the ratio of the peer's time to ours that it is compared with. */
export function verdictOf(ours: Summary, peer: Summary, floor: number): Verdict {
  if (peer.least / ours.most > floor) return 'above';
  return peer.most / ours.least < floor ? 'below' : 'even';
}

/** A verdict about who is faster. */
export const AHEAD: Record<Verdict, string> = { above: 'ahead', even: 'even', below: 'behind' };
/** A verdict about a requirement. */
export const REACHED: Record<Verdict, string> = { above: 'reached', even: 'even', below: 'missed' };
