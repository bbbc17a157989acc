/** Trains a network of the study with our engine. Prints a line of JSON for each epoch, and one about the machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackImages } from '../../training/data/packed-images.ts';
import type { Split } from '../../training/data/split.ts';
import { runTrial } from '../../training/loop/run-trial.ts';
import { describeDevice } from '../../training/tensorflow/device.ts';
import type { Job, Printed } from './job.ts';

const { folder, config, seed }: Job = JSON.parse(process.argv[2] ?? '');
const split: Record<keyof Split, number[]> = JSON.parse(readFileSync(join(folder, 'split.json'), 'utf8'));

await runTrial({
  config,
  seed,
  images: unpackImages(readFileSync(join(folder, 'train.bin')), 'train.bin'),
  training: Int32Array.from(split.training),
  validation: Int32Array.from(split.validation),
  onProgress: () => {},
  onAlive: () => {},
  onEpoch: async ({ lines }) => {
    const line = lines.at(-1);
    if (line) print({ epoch: { loss: line.val_loss, accuracy: line.val_accuracy } });
  },
  signal: new AbortController().signal,
});
const { tensorflow, kind, name, instructions, intraOpThreads } = describeDevice();
print({
  ranOn: `TensorFlow ${tensorflow}, ${intraOpThreads} threads; ${kind} ${name}, ${instructions ?? 'unknown instructions'}`,
});

function print(printed: Printed): void {
  console.log(JSON.stringify(printed));
}
