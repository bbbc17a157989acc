import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { encodeTorchWeights } from '../../training/export/torch-weights.ts';
import { drawFlips, shuffledOrder } from '../../training/loop/order.ts';
import { startingTensors } from '../../training/loop/starting-tensors.ts';
import { createNetwork } from '../../training/networks/network.ts';
import { createUpdateRule } from '../../training/optimizers/optimizer.ts';
import type { Job } from './job.ts';

/**
 * Writes what both sides start from into the job's folder, as our engine draws it:
 *
 * - `weights.safetensors`: the initial weights, with PyTorch's names and layouts;
 * - `order.bin`: of each epoch, the indices of its images in their order, int32;
 * - `flips.bin`: for each position of `order.bin`, 1 if the image is mirrored, otherwise 0.
 */
export async function writeStart({ config, seed, training, start }: Job): Promise<void> {
  const { weights } = startingTensors(
    createNetwork(config, CIFAR10_INPUT),
    createUpdateRule(config.optimizer),
    seed,
  );
  const epochs = Array.from({ length: config.epochs }, (_, index) => index + 1);
  const indices = Int32Array.from(training);
  const orders = epochs.map((epoch) => bytesOf(shuffledOrder(indices, seed, epoch)));
  const { horizontalFlip: probability } = config;
  const count = training.length;
  const flips = epochs.map(
    (epoch) => drawFlips({ count, probability, stream: 'training', seed, epoch }) ?? new Uint8Array(count),
  );
  await writeFile(
    join(start, 'weights.safetensors'),
    encodeTorchWeights(config.network, CIFAR10_INPUT, weights, {}),
  );
  await writeFile(join(start, 'order.bin'), Buffer.concat(orders));
  await writeFile(join(start, 'flips.bin'), Buffer.concat(flips));
}

// --- helpers ---

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
