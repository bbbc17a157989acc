/**
 * Compares a step of our ResNet-50 with torchvision's, for each file of weights in DIR, which
 * `test/training/weights/make-weights.py --to DIR` writes:
 *
 *     TF_ENABLE_ONEDNN_OPTS=1 npx tsx scripts/compare-with-torch.ts DIR
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CIFAR10_INPUT } from '../study/definition/input-form.ts';
import type { Network } from '../study/definition/training-config.ts';
import { configOf } from '../test/training/configs.ts';
import { stepDifference } from '../test/training/step-difference.ts';
import { toDevice } from '../training/tensorflow/named-tensors.ts';
import { tf } from '../training/tensorflow/tensorflow.ts';
import { fitWeights } from '../training/weights/fit-weights.ts';
import { readWeights } from '../training/weights/read-weights.ts';

const [folder = ''] = process.argv.slice(2);
if (!folder) throw new Error('expected the folder that make-weights.py wrote to, got no argument');
const { blocks, width, hidden, ...torch } = JSON.parse(readFileSync(join(folder, 'step.json'), 'utf8'));
const network: Network = { kind: 'resnet', blocks, width, hidden };

for (const format of ['zip.pth', 'legacy.pth', 'safetensors']) {
  const fineTuned = fitted(`fine-tuned.${format}`);
  const device = toDevice(fineTuned.weights);
  for (const [what, { value, at }] of Object.entries(stepDifference(configOf(network), device, torch))) {
    console.log(`  ${what.padEnd(16)} ${value.toExponential(1)} (${at})`);
  }
  tf.dispose(device);

  const imagenet = fitted(`imagenet.${format}`);
  const different = [...imagenet.weights].filter(
    ([name, { data }]) =>
      !Buffer.from(data.buffer).equals(
        Buffer.from(fineTuned.weights.get(name)?.data.buffer ?? new ArrayBuffer(0)),
      ),
  );
  console.log(`  ${imagenet.weights.size - different.length} tensors equal the other file's to the bit`);
}

function fitted(name: string) {
  const started = performance.now();
  const file = readWeights(readFileSync(join(folder, name)));
  const fit = fitWeights(file.tensors, network, CIFAR10_INPUT);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${name}: ${file.format}, ${file.tensors.size} tensors and ${file.counters.length} counters, read and fitted in ${seconds} s; ` +
      `${fit.weights.size} used, dropped: ${fit.dropped.map((each) => each.name).join(', ') || 'none'}; ` +
      `from scratch: ${fit.fresh.join(', ') || 'none'}`,
  );
  return fit;
}
