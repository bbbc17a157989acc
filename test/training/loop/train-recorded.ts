/**
 * Trains two trials with the shipped study's networks and settings on a few images, with one thread, and prints the kind of
 * processor and the digests of their weights as JSON. Their bits depend on the instructions that oneDNN chooses.
 */
import { processEnvironment } from '../../../trainer/environment.ts';

Object.assign(process.env, processEnvironment(1));
const { CIFAR10_INPUT } = await import('../../../study/definition/input-form.ts');
const { tensorsDigest } = await import('../../../training/checkpoint/tensors-digest.ts');
const { runTrial } = await import('../../../training/loop/run-trial.ts');
const { describeDevice } = await import('../../../training/tensorflow/device.ts');
const { configOf, conv, dense } = await import('../configs.ts');
const { easyImages, range } = await import('../easy-images.ts');

const trials = {
  MLP: configOf(dense(512, 256), { epochs: 2 }),
  simple_cnn_elu_adadelta: configOf(
    conv(
      [
        [32, 3, 1],
        [64, 3, 1],
      ],
      128,
    ),
    {
      // biome-ignore format: one line
      epochs: 2,
      activation: 'elu',
      optimizer: { kind: 'adadelta' },
      schedule: { kind: 'exponential', gamma: 0.95 },
      dropout: 0.2,
    },
  ),
};
const images = easyImages(200);
const weights: Record<string, string> = {};
for (const [name, config] of Object.entries(trials)) {
  await runTrial({
    config,
    input: CIFAR10_INPUT,
    seed: 1,
    images,
    training: range(0, 150),
    validation: range(150, 200),
    onProgress: () => {},
    onAlive: () => {},
    onEpoch: async (checkpoint) => {
      weights[name] = tensorsDigest(checkpoint.weights);
    },
    signal: new AbortController().signal,
  });
}
const { kind, processor, instructions, tensorflow } = describeDevice();
console.log(JSON.stringify({ machine: [kind, processor, instructions, tensorflow].join(', '), weights }));
