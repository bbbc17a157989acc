import { expect, test } from 'vitest';
import { evaluate } from '../../training/evaluate.ts';
import type { NamedTensors } from '../../training/named-tensors.ts';
import { tf } from '../../training/tensorflow.ts';
import { configOf, dense } from './configs.ts';
import { easyImages, range } from './easy-images.ts';

const images = easyImages(600);
const config = configOf(dense(1), { dropout: 0.9 });

/** Whatever the image, class 3 with log-odds 2. */
const alwaysThree: NamedTensors = new Map([
  ['layers.0.weight', { shape: [3072, 1], data: new Float32Array(3072) }],
  ['layers.0.bias', { shape: [1], data: Float32Array.of(1) }],
  ['layers.1.weight', { shape: [1, 10], data: new Float32Array(10) }],
  [
    'layers.1.bias',
    { shape: [10], data: Float32Array.from({ length: 10 }, (_, index) => (index === 3 ? 2 : 0)) },
  ],
]);

test('loss, accuracy, probabilities and confusion are those of the images asked for', async () => {
  const before = tf.memory().numTensors;
  // Classes 0 to 9 in turn: 59 of each but class 0, of which there are 58; more than two batches.
  const { loss, accuracy, probabilities, confusion } = await evaluate(
    config,
    alwaysThree,
    images,
    range(1, 590),
  );
  expect(tf.memory().numTensors).toBe(before);
  const total = Math.exp(2) + 9;
  expect(accuracy).toBeCloseTo((100 * 59) / 589, 10);
  expect(loss).toBeCloseTo(Math.log(total) - (2 * 59) / 589, 5);
  expect(probabilities.length).toBe(5890);
  for (let image = 0; image < 589; image++) {
    expect(probabilities[image * 10 + 3]).toBeCloseTo(Math.exp(2) / total, 5);
    expect(probabilities[image * 10 + 4]).toBeCloseTo(1 / total, 5);
  }
  expect(confusion).toEqual(
    Array.from({ length: 10 }, (_, actual) =>
      Array.from({ length: 10 }, (_, predicted) => (predicted !== 3 ? 0 : actual === 0 ? 58 : 59)),
    ),
  );
});

test('weights of another network are refused', async () => {
  const other = configOf(dense(2));
  await expect(evaluate(other, alwaysThree, images, range(0, 10))).rejects.toThrow(
    'weights: expected layers.0.weight of shape [3072, 2], got [3072, 1]; they belong to another configuration',
  );
});

test('an abort is thrown', async () => {
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(evaluate(config, alwaysThree, images, range(0, 10), { signal })).rejects.toThrow('stop');
});
