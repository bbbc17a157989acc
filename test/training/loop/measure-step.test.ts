import { expect, test } from 'vitest';
import type { Network } from '../../../study/definition/training-config.ts';
import { measureStep } from '../../../training/loop/measure-step.ts';
import { tf } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, dense, tinyResnet } from '../configs.ts';

test('a larger network takes longer, and nothing is left on the device', async () => {
  const before = tf.memory().numTensors;
  const measure = (network: Network) => measureStep(configOf(network, { batchSize: 8, dropout: 0.1 }));
  const [small, large] = [await measure(dense(8)), await measure(tinyResnet)];
  for (const name of ['trainMilliseconds', 'evaluationMillisecondsPerImage'] as const) {
    expect(small[name]).toBeGreaterThan(0);
    expect(large[name]).toBeGreaterThan(small[name]);
  }
  expect(tf.memory().numTensors).toBe(before);
});
