import { afterEach, expect, test, vi } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { measureStep } from '../../../training/loop/measure-step.ts';
import { backend, tf } from '../../../training/tensorflow/tensorflow.ts';
import { configOf, tinyResnet } from '../configs.ts';

afterEach(() => vi.restoreAllMocks());

test('measures training steps and evaluated images, and leaves nothing on the device', async () => {
  // Each look at the clock takes a second, so that few steps take all the time.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
  const held = () => [tf.memory().numTensors, backend.binding.getNumOfSavedModels()];
  const before = held();
  const measured = await measureStep(configOf(tinyResnet, { batchSize: 8, dropout: 0.1 }), CIFAR10_INPUT);
  expect(measured.trainMilliseconds).toBeGreaterThanOrEqual(1000);
  // Of 256 images in a batch.
  expect(measured.evaluationMillisecondsPerImage).toBeCloseTo(measured.trainMilliseconds / 256, 5);
  expect(held()).toEqual(before);
});
