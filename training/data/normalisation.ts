import { type InputForm, imageShape, valuesOf } from '../../study/definition/input-form.ts';
import type { MeanAndDeviation, Pixels } from './labelled-images.ts';
import type { Feature } from './read-examples.ts';

/** Adds up what mean and standard deviation of each channel of images, or of each feature of a table, need. */
export function createMoments(input: InputForm) {
  const image = imageShape(input);
  const size = valuesOf(input);
  const [height, width, channels] = image ?? [1, 1, size];
  const plane = height * width;
  const counts = new Float64Array(channels);
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  // A table's values may be far from 0, which would cost their deviation its digits: they count from the first one.
  const shifts = new Float64Array(channels).fill(image ? 0 : Number.NaN);
  return {
    /** @param values of any number of examples. NaN is left out. */
    add(values: Pixels): void {
      for (let start = 0; start < values.length; start += size) {
        for (let channel = 0; channel < channels; channel++) {
          // Sums of an example's bytes are exact, and so are theirs.
          let [count, sum, square] = [0, 0, 0];
          let shift = shifts[channel] as number;
          const end = start + (channel + 1) * plane;
          for (let at = start + channel * plane; at < end; at++) {
            const value = values[at] as number;
            if (Number.isNaN(value)) continue;
            if (Number.isNaN(shift)) shift = value;
            count++;
            sum += value - shift;
            square += (value - shift) ** 2;
          }
          shifts[channel] = shift;
          counts[channel] = (counts[channel] as number) + count;
          sums[channel] = (sums[channel] as number) + sum;
          squares[channel] = (squares[channel] as number) + square;
        }
      }
    },
    /** With the population's deviation; 1 for what has none. Bytes count from 0 to 1. */
    result(): MeanAndDeviation {
      const scale = image ? 255 : 1;
      const offsets = [...sums].map((sum, channel) => sum / Math.max(1, counts[channel] as number));
      const deviation = offsets.map((offset, channel) => {
        const variance =
          (squares[channel] as number) / Math.max(1, counts[channel] as number) - offset * offset;
        // Rounding can leave a little of a constant.
        return variance > 1e-12 * offset * offset ? Math.sqrt(variance) : scale;
      });
      const mean = offsets.map((offset, channel) => offset + (shifts[channel] || 0));
      return { mean: mean.map((each) => each / scale), deviation: deviation.map((each) => each / scale) };
    },
  };
}

/** Leaves features as they are that say which category a row has. */
export function standardisedNumbers(
  { mean, deviation }: MeanAndDeviation,
  features: readonly Feature[],
): MeanAndDeviation {
  const isNumber = (place: number) => features[place]?.kind === 'number';
  return {
    mean: mean.map((each, place) => (isNumber(place) ? each : 0)),
    deviation: deviation.map((each, place) => (isNumber(place) ? each : 1)),
  };
}
