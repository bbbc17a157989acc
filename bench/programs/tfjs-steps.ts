/** Milliseconds per training step of plain tfjs-node, operation by operation: tfjs-steps.ts NETWORK BATCH */
import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { defaultSettings } from '../../study/definition/training-config.ts';
import { end, measureSteps } from './measured.ts';
import { tfjsNetwork } from './tfjs-network.ts';

const require = createRequire(import.meta.url);
// Node 23 removed a function that tfjs-node 4.22 calls.
const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const tf = require('@tensorflow/tfjs-node-gpu') as typeof TensorFlow;

const [network = '', batch = ''] = process.argv.slice(2);
const model = tfjsNetwork(tf, JSON.parse(network));
const optimizer = tf.train.momentum(defaultSettings.learningRate, 0.9);
const images = tf.randomNormal([Number(batch), ...CIFAR10_INPUT.shape]);
const classes = Int32Array.from({ length: Number(batch) }, (_, index) => index % CIFAR10_INPUT.classes);
const labels = tf.oneHot(tf.tensor1d(classes, 'int32'), CIFAR10_INPUT.classes);

async function step(): Promise<void> {
  const cost = optimizer.minimize(() => {
    const logits = model.apply(images, { training: true }) as TensorFlow.Tensor;
    return tf.losses.softmaxCrossEntropy(labels, logits) as TensorFlow.Scalar;
  }, true);
  cost?.dataSync();
  cost?.dispose();
}

const sizes = model.trainableWeights.map(({ shape }) => sizeOf(shape));
end({
  milliseconds: { eager: await measureSteps(step) },
  parameters: sizes.reduce((sum, size) => sum + size, 0),
});

// --- helpers ---

function sizeOf(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}
