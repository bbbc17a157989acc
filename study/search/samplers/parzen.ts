/** hyperopt's adaptive Parzen mixtures: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, Algorithms for hyper-parameter optimization (2011). */
import { normalBetween, normalQuantile } from '../../statistics/normal.ts';
import { cellOf, fromScale, type NumericDistribution, scaleOf, toScale } from '../distributions.ts';

/** The newest observations that count fully. */
const REMEMBERED = 25;

/** Normal distributions, each with a weight. The weights have the sum 1. */
export interface Mixture {
  weights: number[];
  means: number[];
  deviations: number[];
}

/** What is believed of good or of other values of a parameter. */
export interface Estimate {
  draw(random: () => number): number;
  /** The logarithm of a value's density; of its probability, if values are stepped. */
  logDensity(value: number): number;
}

/** How much each of `count` observations counts, the oldest first: from 1/count, rising evenly, and 1 for the newest 25. */
export function forgettingWeights(count: number): number[] {
  const ramp = Math.max(0, count - REMEMBERED);
  return Array.from({ length: count }, (_, index) =>
    index >= ramp ? 1 : 1 / count + (index / Math.max(1, ramp - 1)) * (1 - 1 / count),
  );
}

/**
 * A normal distribution at each observation, as wide as the larger gap to its neighbours, and the prior.
 *
 * @param observations on the parameter's scale, the oldest first.
 */
export function parzenMixture(
  observations: readonly number[],
  prior: { mean: number; deviation: number },
): Mixture {
  const importance = forgettingWeights(observations.length);
  const sorted = observations
    .map((mean, index) => ({ mean, weight: importance[index] as number }))
    .sort((a, b) => a.mean - b.mean);
  const place = sorted.findIndex(({ mean }) => mean >= prior.mean);
  const at = place < 0 ? sorted.length : place;
  sorted.splice(at, 0, { mean: prior.mean, weight: 1 });
  const means = sorted.map(({ mean }) => mean);
  const least = prior.deviation / Math.min(100, observations.length + 2);
  const deviations = means.map((mean, index) => {
    if (index === at) return prior.deviation;
    if (observations.length === 1) return prior.deviation / 2;
    const left = mean - (means[index - 1] ?? mean);
    const right = (means[index + 1] ?? mean) - mean;
    return Math.min(Math.max(left, right, least), prior.deviation);
  });
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  return { weights: sorted.map(({ weight }) => weight / total), means, deviations };
}

/** What the observed values of a number tell. @param observations values, the oldest first. */
export function numericEstimate(
  distribution: NumericDistribution,
  observations: readonly number[],
): Estimate {
  const scale = scaleOf(distribution);
  const { low, high, q, logarithmic } = scale;
  const places = observations.map((value) => toScale(scale, value));
  const { weights, means, deviations } = parzenMixture(places, scale);
  const massBetween = (from: number, to: number) => {
    let mass = 0;
    for (let k = 0; k < means.length; k++) {
      const deviation = deviations[k] as number;
      const [a, b] = [(from - (means[k] as number)) / deviation, (to - (means[k] as number)) / deviation];
      if (a < FAR && b > -FAR) mass += (weights[k] as number) * normalBetween(a, b);
    }
    return mass;
  };
  const logInside = Math.log(massBetween(low, high));
  return {
    draw(random) {
      for (;;) {
        const k = pick(weights, random);
        const place = (means[k] as number) + (deviations[k] as number) * normalQuantile(random());
        if (place >= low && place < high && Number.isFinite(place)) return fromScale(distribution, place);
      }
    },
    logDensity(value) {
      if (q !== undefined) {
        const { from, to } = cellOf(scale, value, q);
        return Math.log(massBetween(from, to)) - logInside;
      }
      const place = toScale(scale, value);
      let density = 0;
      for (let k = 0; k < means.length; k++) {
        const deviation = deviations[k] as number;
        const z = (place - (means[k] as number)) / deviation;
        density += ((weights[k] as number) * Math.exp(-0.5 * z * z)) / deviation;
      }
      return Math.log(density) - HALF_LOG_TWO_PI - logInside - (logarithmic ? place : 0);
    },
  };
}

/** What the observed options of a choice tell. Values are indices. @param observations the oldest first. */
export function choiceEstimate(options: number, observations: readonly number[]): Estimate {
  const importance = forgettingWeights(observations.length);
  const counts = new Array<number>(options).fill(1);
  observations.forEach((option, index) => {
    (counts[option] as number) += importance[index] as number;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => count / total);
  return {
    draw: (random) => pick(shares, random),
    logDensity: (option) => Math.log(shares[option] as number),
  };
}

/** An index, each with its share; the shares have the sum 1. */
export function pick(shares: readonly number[], random: () => number): number {
  let left = random();
  for (let index = 0; index < shares.length - 1; index++) {
    left -= shares[index] as number;
    if (left < 0) return index;
  }
  return shares.length - 1;
}

// --- helpers ---

/** Deviations from its mean at which a normal distribution adds nothing to the last bit of a mixture with a prior. */
const FAR = 9;
const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;
