/** One parameter's part in the joint estimates of `tpe-multivariate`: a kernel at each observation, and one for the prior. */
import { normalBelow, normalBetween, normalQuantile } from '../../statistics/normal.ts';
import {
  cellOf,
  fromScale,
  type NumericDistribution,
  type Scale,
  scaleOf,
  toScale,
  valuesOf,
} from '../distributions.ts';
import { optionIndex, type Parameter } from '../space.ts';

/** The kernels of one parameter; the last one is the prior. */
export interface Kernels {
  /** A value drawn from one of the kernels. */
  draw(kernel: number, random: () => number): unknown;
  /** Adds the logarithm of each kernel's density at a value to `sums`, but for a constant that is the same for all kernels. */
  addLogDensities(value: unknown, sums: Float64Array): void;
}

/**
 * @param observed the parameter's observed values.
 */
export function kernelsOf(parameter: Parameter, observed: readonly unknown[]): Kernels {
  if (parameter.kind === 'choice') return choiceKernels(parameter.options, observed);
  return numericKernels(parameter, observed as number[]);
}

// --- helpers ---

/** An observed option has most of its kernel; the others share the rest evenly. */
function choiceKernels(options: readonly unknown[], observed: readonly unknown[]): Kernels {
  const indices = observed.map((value) => optionIndex(options, value));
  const each = 1 / (observed.length + 1);
  const total = 1 + options.length * each;
  const share = (kernel: number, option: number) => {
    if (kernel === indices.length) return 1 / options.length;
    return ((indices[kernel] === option ? 1 : 0) + each) / total;
  };
  return {
    draw(kernel, random) {
      let left = random();
      const option = options.findIndex((_, index) => {
        left -= share(kernel, index);
        return left < 0;
      });
      return options[option < 0 ? options.length - 1 : option];
    },
    addLogDensities(value, sums) {
      const option = optionIndex(options, value);
      for (let kernel = 0; kernel < sums.length; kernel++) {
        (sums[kernel] as number) += Math.log(share(kernel, option));
      }
    },
  };
}

/** Normal distributions, each cut off at the ends of the scale by itself. */
function numericKernels(distribution: NumericDistribution, observed: readonly number[]): Kernels {
  const scale = evenScale(distribution);
  const { low, high, mean, deviation: length, q } = scale;
  const places = observed.map((value) => toScale(scale, value));
  const widths = [...gapsOf(places, scale), length];
  // Of stepped values, many kernels are the same.
  const shapes: Shape[] = [];
  const known = new Map<string, number>();
  const shapeOf = [...places, mean].map((center, kernel) => {
    const spread = widths[kernel] as number;
    const key = `${center} ${spread}`;
    const found = known.get(key) ?? shapes.push(shapeAt(center, spread, scale)) - 1;
    known.set(key, found);
    return found;
  });

  const logDensitiesAt = (value: number): Float64Array => {
    if (q !== undefined) {
      const { from, to } = cellOf(scale, value, q);
      return Float64Array.from(shapes, (shape) => Math.log(massOf(shape, from, to)) - shape.logInside);
    }
    const place = toScale(scale, value);
    return Float64Array.from(shapes, ({ center, spread, logSpread, logInside }) => {
      const z = (place - center) / spread;
      return -0.5 * z * z - logSpread - logInside;
    });
  };
  return {
    draw(kernel, random) {
      const { center, spread } = shapes[shapeOf[kernel] as number] as Shape;
      const [from, to] = [(low - center) / spread, (high - center) / spread];
      const z = normalQuantile(normalBelow(from) + random() * normalBetween(from, to));
      return fromScale(distribution, Math.min(Math.max(center + spread * z, low), high));
    },
    addLogDensities(value, sums) {
      const densities = logDensitiesAt(value as number);
      for (let kernel = 0; kernel < sums.length; kernel++) {
        (sums[kernel] as number) += densities[shapeOf[kernel] as number] as number;
      }
    },
  };
}

/** A kernel: a normal distribution. */
interface Shape {
  center: number;
  spread: number;
  logSpread: number;
  /** The logarithm of how much of it is on the scale. */
  logInside: number;
}

function shapeAt(center: number, spread: number, { low, high }: Scale): Shape {
  const logInside = Math.log(massOf({ center, spread }, low, high));
  return { center, spread, logSpread: Math.log(spread), logInside };
}

function massOf({ center, spread }: Pick<Shape, 'center' | 'spread'>, from: number, to: number): number {
  return normalBetween((from - center) / spread, (to - center) / spread);
}

/** Of a gap: narrower kernels than in Optuna, which find more with few trials. */
const WIDTH = 0.7;

/** For each place, a part of the larger gap to its neighbours: not much less than if all were evenly spread, nor more than the scale. */
function gapsOf(places: readonly number[], { low, high, deviation: length }: Scale): number[] {
  const least = length / Math.min(100, places.length + 2);
  const order = places.map((_, index) => index).sort((a, b) => (places[a] as number) - (places[b] as number));
  const gaps = new Array<number>(places.length);
  order.forEach((index, rank) => {
    const place = places[index] as number;
    const [before, after] = [rank - 1, rank + 1].map((other) => places[order[other] as number]);
    const gap =
      places.length === 1
        ? Math.max(place - low, high - place)
        : Math.max(place - (before ?? place), (after ?? place) - place);
    gaps[index] = Math.min(Math.max(WIDTH * gap, least), length);
  });
  return gaps;
}

/** A distribution's scale, with the whole of the outermost steps, so that these are as likely as others. */
function evenScale(distribution: NumericDistribution): Scale {
  const scale = scaleOf(distribution);
  const values = distribution.kind === 'quniform' ? valuesOf<number>(distribution) : undefined;
  if (!values || scale.q === undefined) return scale;
  const low = (values[0] as number) - scale.q / 2;
  const high = (values.at(-1) as number) + scale.q / 2;
  return { ...scale, low, high, mean: (low + high) / 2, deviation: high - low };
}
