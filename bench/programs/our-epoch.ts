/**
 * Seconds per training epoch of 40,000 images, trained as the trainer does: our-epoch.ts NETWORK BATCH STEPS
 *
 * Measures STEPS steps. If they are less than an epoch, the result is projected from them.
 */

import { createPauses } from '../../training/loop/event-loop.ts';
import { createProgressMeter } from '../../training/loop/progress.ts';
import type { EpochTraining } from '../../training/loop/train-epoch.ts';
import { trainEpoch } from '../../training/loop/train-epoch.ts';
import { begin, end } from './measured.ts';
import { openTraining } from './our-training.ts';

const EPOCH_IMAGES = 40_000;
const FIRST_STEPS = 20;

const [network = '', batch = '', measuredSteps = ''] = process.argv.slice(2);
const batchSize = Number(batch);
const { config, engine } = openTraining(JSON.parse(network), batchSize);

function training(steps: number): EpochTraining {
  return {
    config,
    engine,
    seed: 0,
    onProgress: () => {},
    training: Int32Array.from({ length: steps * batchSize }, (_, index) => index),
    pauses: createPauses(),
    meter: createProgressMeter({ epochs: 1, stepsPerEpoch: steps, validationShare: 0 }),
  };
}

await trainEpoch(training(FIRST_STEPS), 1);
const images = Number(measuredSteps) * batchSize;
const measured = training(Number(measuredSteps));
begin();
const before = performance.now();
await trainEpoch(measured, 2);
const seconds = (performance.now() - before) / 1000;
end({ seconds: (seconds * EPOCH_IMAGES) / images });
