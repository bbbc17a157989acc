/**
 * Seconds per training epoch of 40,000 images, trained as the trainer does: our-epoch.ts NETWORK BATCH STEPS
 *
 * STEPS is how many steps to measure, or `epoch`.
 */

import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { imageForm } from '../../training/augmentations/image-form.ts';
import { createPauses } from '../../training/loop/event-loop.ts';
import { shuffledOrder } from '../../training/loop/order.ts';
import { createProgressMeter } from '../../training/loop/progress.ts';
import type { EpochTraining } from '../../training/loop/train-epoch.ts';
import { trainEpoch } from '../../training/loop/train-epoch.ts';
import { begin, end } from './measured.ts';
import { IMAGES, openTraining } from './our-training.ts';

const EPOCH_IMAGES = 40_000;
const FIRST_STEPS = 20;
/** An epoch that would take longer is projected from some of its steps. */
const LONGEST_SECONDS = 60;
const PROJECTED_FROM = 50;

const [network = '', batch = '', wanted = ''] = process.argv.slice(2);
const batchSize = Number(batch);
const { config, engine } = openTraining(JSON.parse(network), batchSize);
const all = Int32Array.from({ length: IMAGES }, (_, index) => index);
const order = shuffledOrder(all, 0, 0);

await secondsOf(FIRST_STEPS, 1);
const stepSeconds = (await secondsOf(FIRST_STEPS, 2)) / FIRST_STEPS;
const whole = EPOCH_IMAGES / batchSize;
const complete = whole * stepSeconds <= LONGEST_SECONDS;
const steps = wanted !== 'epoch' ? Number(wanted) : complete ? whole : PROJECTED_FROM;
begin();
const seconds = ((await secondsOf(steps, 3)) * whole) / steps;
end({ seconds, ...(steps === whole ? {} : { projectedFrom: steps }) });

// --- helpers ---

async function secondsOf(steps: number, epoch: number): Promise<number> {
  const training: EpochTraining = {
    config,
    form: imageForm(CIFAR10_INPUT),
    engine,
    seed: 0,
    onProgress: () => {},
    training: order.subarray(0, steps * batchSize),
    pauses: createPauses(),
    meter: createProgressMeter({ epochs: 1, stepsPerEpoch: steps, validationShare: 0 }),
  };
  const before = performance.now();
  await trainEpoch(training, epoch);
  return (performance.now() - before) / 1000;
}
