/** Trains a network with our engine: train.ts JOB. Prints its results as lines of JSON; see job.ts. */

import { readFileSync } from 'node:fs';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { createCompiledEngine } from '../../training/compile/compiled-engine.ts';
import type { TrainingEngine } from '../../training/compile/engine.ts';
import { unpackImages } from '../../training/data/packed-images.ts';
import { runTrial } from '../../training/loop/run-trial.ts';
import { describeDevice } from '../../training/tensorflow/device.ts';
import { type Job, type Printed, partEnds } from './job.ts';
import { writeStart } from './start.ts';

const job: Job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const { config, seed, images, training, validation } = job;
await writeStart(job);

await runTrial(
  {
    config,
    input: CIFAR10_INPUT,
    seed,
    images: unpackImages(readFileSync(images), images),
    training: Int32Array.from(training),
    validation: Int32Array.from(validation),
    onProgress: () => {},
    onAlive: () => {},
    onEpoch: async ({ lines }) => {
      const line = lines.at(-1);
      if (!line) return;
      print({ epoch: { trainLoss: line.train_loss, loss: line.val_loss, accuracy: line.val_accuracy } });
    },
    signal: new AbortController().signal,
  },
  (request) => observed(createCompiledEngine(request)),
);
const { tensorflow, kind, name, instructions } = describeDevice();
print({ ranOn: `TensorFlow ${tensorflow} on ${kind} ${name}, ${instructions ?? 'unknown instructions'}` });

// --- helpers ---

function print(printed: Printed): void {
  console.log(JSON.stringify(printed));
}

/** Prints the losses of the parts of epoch 1, which the loop doesn't read. */
function observed(engine: TrainingEngine): TrainingEngine {
  const ends = partEnds(Math.ceil(training.length / config.batchSize));
  const losses: number[] = [];
  let step = 0;
  let images = 0;
  let before = { loss: 0, images: 0 };
  return {
    ...engine,
    train(batch, settings) {
      engine.train(batch, settings);
      step++;
      images += batch.indices.length;
      if (step !== ends[losses.length]) return;
      const { loss } = engine.sums();
      losses.push((loss - before.loss) / (images - before.images));
      before = { loss, images };
      if (losses.length === ends.length) print({ firstEpoch: losses });
    },
  };
}
