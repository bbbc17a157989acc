import type { NamedTensors } from './named-tensors.ts';
import type { Parameter } from './networks/network.ts';
import { randomStream } from './random.ts';

/**
 * PyTorch's initial values of convolutions and dense layers: uniform in ±1/√fan_in, biases too
 * (`torch.nn.Linear.reset_parameters`). They depend on the seed and the parameter's name alone, and are computed
 * without TensorFlow, so that a seed means the same on every device.
 */
export function initialWeights(parameters: readonly Parameter[], seed: number): NamedTensors {
  return new Map(
    parameters.map(({ name, shape, bound }) => {
      const data = new Float32Array(shape.reduce((total, size) => total * size, 1));
      const random = randomStream('initial-weights', seed, name);
      // The upper 24 bits, the better ones, to [-1, 1): exact in a double, and rounded once, to float32.
      for (let i = 0; i < data.length; i++) data[i] = ((random.next() >>> 8) * 2 ** -23 - 1) * bound;
      return [name, { shape, data }];
    }),
  );
}
