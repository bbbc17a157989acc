import type { InputForm } from '../../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../../study/definition/training-config.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import type { NamedTensors } from '../../../training/tensorflow/named-tensors.ts';

/** Weights with different values, of a size that gives no class all the probability. */
export function madeWeights(config: TrainingConfig, input: InputForm): NamedTensors {
  return new Map(
    weightsOf(createNetwork(config, input)).map(({ name, shape }, tensor) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const spread = shape.length > 1 ? Math.sqrt((6 * (shape.at(-1) as number)) / size) : 0.2;
      const base = /(running_var|bn\d\.weight|downsample\.1\.weight)$/.test(name) ? 1 : 0;
      const data = Float32Array.from({ length: size }, (_, index) => {
        return base + spread * Math.sin(12.9898 * (index + 1) + 78.233 * (tensor + 1));
      });
      return [name, { shape, data }];
    }),
  );
}

/** The largest difference between probabilities. @throws {RangeError} if there are more of one than of the other. */
export function largestDifference(given: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (given.length !== expected.length)
    throw new RangeError(`expected ${expected.length} probabilities, got ${given.length}`);
  return Math.max(
    ...Array.from(given, (value, index) => Math.abs((value as number) - (expected[index] as number))),
  );
}
