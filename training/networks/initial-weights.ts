import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { sizeOf } from '../../study/definition/network-shapes.ts';
import { randomStream } from '../../study/trial/random-stream.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import type { InitialValues, NetworkTensor } from './network-function.ts';

/**
 * The values a network starts with. They depend on the seed and the tensor's name only, and are computed without
 * TensorFlow, so that a seed gives the same values on every device.
 */
export function initialWeights(tensors: readonly NetworkTensor[], seed: number): NamedTensors {
  return new Map(
    tensors.map(({ name, shape, initial }) => {
      const data = new Float32Array(sizeOf(shape));
      fill(data, initial, randomStream('initial-weights', seed, name));
      return [name, { shape, data }];
    }),
  );
}

// --- helpers ---

function fill(data: Float32Array, initial: InitialValues, random: RandomGenerator): void {
  switch (initial.kind) {
    case 'uniform':
      for (let i = 0; i < data.length; i++) data[i] = uniform(random) * initial.bound;
      return;
    case 'normal':
      fillNormal(data, initial.deviation, random);
      return;
    case 'constant':
      data.fill(initial.value);
  }
}

/** Maps the upper 24 bits, which are the better ones, to [-1, 1): exact in a double. */
function uniform(random: RandomGenerator): number {
  return (random.next() >>> 8) * 2 ** -23 - 1;
}

/**
 * Marsaglia's polar method: a point in the unit disc gives two independent normal numbers. Unlike Box and Muller's
 * method it needs no sine or cosine, whose last bits differ between versions of Node.
 */
function fillNormal(data: Float32Array, deviation: number, random: RandomGenerator): void {
  for (let i = 0; i < data.length; i += 2) {
    let x = 0;
    let y = 0;
    let square = 0;
    while (square === 0 || square >= 1) {
      x = uniform(random);
      y = uniform(random);
      square = x * x + y * y;
    }
    const scale = deviation * Math.sqrt((-2 * Math.log(square)) / square);
    data[i] = x * scale;
    // Past the end of an array of odd length, this does nothing.
    data[i + 1] = y * scale;
  }
}
