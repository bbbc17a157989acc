import { CONFIDENCE, type Interval } from './interval.ts';
import { deviation, mean } from './moments.ts';
import { studentCritical, studentTwoSided } from './student.ts';

/** How two candidates differ over the seeds that both were trained with. */
export interface PairedDifference {
  seeds: number;
  /** Of the second candidate's scores minus the first's, in their unit. */
  mean: number;
  /** The standard deviation of the seeds' differences. */
  deviation: number;
  /** Of the mean. */
  interval: Interval;
  /** The probability of a mean so far from 0 or farther, if there is no difference: two-sided. */
  p: number;
}

/**
 * The paired t interval and test of two candidates over seeds: Student, The probable error of a mean, Biometrika 6 (1908). A seed
 * gives both candidates the same order of images, so their scores are compared seed by seed.
 *
 * @param first scores by seed, in the order of the seeds; `second` the same.
 * @throws {RangeError} unless both have the same number of scores, at least two.
 */
export function pairedOverSeeds(
  first: readonly number[],
  second: readonly number[],
  confidence = CONFIDENCE,
): PairedDifference {
  const seeds = first.length;
  if (seeds < 2 || second.length !== seeds) {
    throw new RangeError(
      `expected scores of two candidates with the same seeds, two or more, got ${seeds} and ${second.length}`,
    );
  }
  const differences = first.map((score, index) => (second[index] as number) - score);
  const centre = mean(differences);
  const spread = deviation(differences);
  const error = spread / Math.sqrt(seeds);
  const half = studentCritical(1 - confidence, seeds - 1) * error;
  return {
    seeds,
    mean: centre,
    deviation: spread,
    interval: { low: centre - half, high: centre + half },
    p: centre === 0 ? 1 : studentTwoSided(centre / error, seeds - 1),
  };
}
