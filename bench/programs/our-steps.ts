/** Milliseconds per training step, run as the trainer does: our-steps.ts NETWORK BATCH */

import { createPauses } from '../../training/loop/event-loop.ts';
import { drawFlips, shuffledOrder } from '../../training/loop/order.ts';
import { backend } from '../../training/tensorflow/tensorflow.ts';
import { end, measureSteps } from './measured.ts';
import { IMAGES, openTraining } from './our-training.ts';

let insideMilliseconds = 0;
const { binding } = backend;
const timed: Pick<typeof binding, 'runSavedModel'> = {
  runSavedModel(...call) {
    const before = performance.now();
    const outputs = binding.runSavedModel(...call);
    insideMilliseconds += performance.now() - before;
    return outputs;
  },
};
// The binding's own functions can't be replaced.
backend.binding = Object.create(binding, { runSavedModel: { value: timed.runSavedModel } });

const [network = '', batch = ''] = process.argv.slice(2);
const batchSize = Number(batch);
const { config, engine, parameters } = openTraining(JSON.parse(network), batchSize);
const pauses = createPauses();
const order = shuffledOrder(
  Int32Array.from({ length: IMAGES }, (_, index) => index),
  0,
  1,
);
const probability = config.horizontalFlip;
const flips = drawFlips({ count: IMAGES, probability, stream: 'training', seed: 0, epoch: 1 });

let start = 0;
let steps = 0;
async function step(): Promise<void> {
  await pauses.take();
  const stop = start + batchSize;
  engine.train(
    { indices: order.subarray(start, stop), flips: flips?.subarray(start, stop) },
    { learningRate: config.learningRate, step: ++steps, dropoutSeed: [0, start] },
  );
  start = stop + batchSize > IMAGES ? 0 : stop;
}

let began = 0;
const milliseconds = await measureSteps(step, () => {
  insideMilliseconds = 0;
  began = performance.now();
});
end({
  milliseconds: { ours: milliseconds },
  parameters,
  outsideShare: 1 - insideMilliseconds / (performance.now() - began),
});
