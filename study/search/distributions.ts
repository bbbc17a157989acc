import { normalBelow, normalBetween, normalQuantile } from '../statistics/normal.ts';

/** Numbers of a range. `log` forms are as likely between 1 and 2 as between 10 and 20; their `low` is above 0. */
export interface RangeDistribution {
  kind: 'uniform' | 'loguniform';
  low: number;
  high: number;
}

/** The same, rounded to a multiple of `q`, half to even. The outermost multiples are half as likely, as in hyperopt. */
export interface SteppedRangeDistribution {
  kind: 'quniform' | 'qloguniform';
  low: number;
  high: number;
  q: number;
}

/**
 * Numbers of a normal distribution; for `log` forms, `mean` and `deviation` are of the natural logarithm. `low` and `high`, if
 * given, cut it off: they are of the numbers themselves.
 */
export interface NormalDistribution {
  kind: 'normal' | 'lognormal';
  mean: number;
  deviation: number;
  low?: number;
  high?: number;
}

/** The same, rounded to a multiple of `q`, half to even. */
export interface SteppedNormalDistribution extends Omit<NormalDistribution, 'kind'> {
  kind: 'qnormal' | 'qlognormal';
  q: number;
}

/** Whole numbers from `low` to `high`, both included, all equally likely. */
export interface IntegerDistribution {
  kind: 'integer';
  low: number;
  high: number;
}

/** One of the options, all equally likely. */
export interface ChoiceDistribution<T> {
  kind: 'choice';
  options: readonly T[];
}

export type NumericDistribution =
  | RangeDistribution
  | SteppedRangeDistribution
  | NormalDistribution
  | SteppedNormalDistribution
  | IntegerDistribution;

export type Distribution<T = unknown> = NumericDistribution | ChoiceDistribution<T>;

/**
 * A draw: the distribution's value at one random number, so that a number near 0 gives one of the smallest values.
 *
 * @param random gives a number from 0 to 1, without 1.
 */
export function draw<T>(distribution: Distribution<T>, random: () => number): number | T {
  if (distribution.kind !== 'choice') {
    return fromScale(distribution, drawOnScale(scaleOf(distribution), random()));
  }
  const { options } = distribution;
  const index = Math.min(Math.floor(random() * options.length), options.length - 1);
  return options[index] as T;
}

/** A numeric distribution before it is rounded, on the scale on which it is uniform or normal: logarithmic for `log` forms. */
export interface Scale {
  low: number;
  high: number;
  /** Of the normal distribution; of a range, its middle and its length, which stand for it in Parzen mixtures. */
  mean: number;
  deviation: number;
  /** Whether it is uniform between `low` and `high`. */
  uniform: boolean;
  logarithmic: boolean;
  /** The step on the scale of the values; undefined if they are continuous. */
  q: number | undefined;
}

/** Whole numbers have a scale that is half a step longer at both ends, so that all are equally likely. */
export function scaleOf(distribution: NumericDistribution): Scale {
  const logarithmic = ['loguniform', 'qloguniform', 'lognormal', 'qlognormal'].includes(distribution.kind);
  const to = (value: number) => (logarithmic ? Math.log(value) : value);
  const q = 'q' in distribution ? distribution.q : undefined;
  switch (distribution.kind) {
    case 'integer': {
      const [low, high] = [distribution.low - 0.5, distribution.high + 0.5];
      return { low, high, mean: (low + high) / 2, deviation: high - low, uniform: true, logarithmic, q: 1 };
    }
    case 'normal':
    case 'qnormal':
    case 'lognormal':
    case 'qlognormal': {
      const { mean, deviation } = distribution;
      const low = distribution.low === undefined ? Number.NEGATIVE_INFINITY : to(distribution.low);
      const high = distribution.high === undefined ? Number.POSITIVE_INFINITY : to(distribution.high);
      return { low, high, mean, deviation, uniform: false, logarithmic, q };
    }
    default: {
      const [low, high] = [to(distribution.low), to(distribution.high)];
      return { low, high, mean: (low + high) / 2, deviation: high - low, uniform: true, logarithmic, q };
    }
  }
}

/** The value of a place on a distribution's scale. */
export function fromScale(distribution: NumericDistribution, place: number): number {
  const { logarithmic, q } = scaleOf(distribution);
  const value = logarithmic ? Math.exp(place) : place;
  if (q !== undefined && distribution.kind !== 'integer') return roundTo(q, value);
  // A logarithm and its exponential can differ in the last bit, and the ends of a whole number's scale are half steps.
  const { low = value, high = value } = distribution;
  return Math.min(Math.max(q === undefined ? value : roundTo(q, value), low), high);
}

/** The place of a value on its distribution's scale. A stepped value of 0 is where its logarithmic scale begins. */
export function toScale(scale: Scale, value: number): number {
  if (!scale.logarithmic) return value;
  const least = Number.isFinite(scale.low) ? Math.exp(scale.low) : Number.MIN_VALUE;
  return Math.log(Math.max(value, least));
}

/** The part of the scale that is rounded to a stepped value. */
export function cellOf(
  { logarithmic, low, high }: Scale,
  value: number,
  q: number,
): { from: number; to: number } {
  const [from, to] = [value - q / 2, value + q / 2];
  const place = (edge: number) =>
    logarithmic ? (edge <= 0 ? Number.NEGATIVE_INFINITY : Math.log(edge)) : edge;
  return { from: Math.max(place(from), low), to: Math.min(place(to), high) };
}

/** The values that a distribution can have, in order; undefined if they are continuous or without end. */
export function valuesOf<T>(distribution: Distribution<T>): readonly (number | T)[] | undefined {
  if (distribution.kind === 'choice') return distribution.options;
  const { low, high, q } = scaleOf(distribution);
  if (q === undefined || !Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const [first, last] = [low, high].map((place) => fromScale(distribution, place) / q) as [number, number];
  // A multiple divided by its step is not always whole to the last bit.
  const from = Math.round(first);
  const count = Math.round(last) - from + 1;
  if (count > MOST_VALUES) return undefined;
  return Array.from({ length: count }, (_, step) => (from + step) * q);
}

// --- helpers ---

/** A stepped distribution with more values than this is taken for a continuous one. */
const MOST_VALUES = 10_000;

function drawOnScale({ low, high, mean, deviation, uniform }: Scale, share: number): number {
  if (uniform) return low + share * (high - low);
  const [from, to] = [(low - mean) / deviation, (high - mean) / deviation];
  const place = mean + deviation * normalQuantile(normalBelow(from) + share * normalBetween(from, to));
  // Where the distribution is cut off far out in its tail, rounding could leave it; at 0, it would be −∞.
  return Math.min(Math.max(place, Math.max(low, mean - 9 * deviation)), Math.min(high, mean + 9 * deviation));
}

function roundTo(q: number, value: number): number {
  return roundHalfToEven(value / q) * q;
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
