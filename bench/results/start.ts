import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { imageForm } from '../../training/augmentations/image-form.ts';
import { encodeTorchWeights } from '../../training/export/torch-weights.ts';
import { drawsInOrder } from '../../training/loop/draws.ts';
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
 * - `flips.bin`: for each position of `order.bin`, 1 if the image is mirrored, otherwise 0;
 * - `draws.bin`: for each position, what the augmentations draw for the image, float32; empty without augmentations.
 */
export async function writeStart({ config, seed, training, start }: Job): Promise<void> {
  const { weights } = startingTensors(
    createNetwork(config, CIFAR10_INPUT),
    createUpdateRule(config.optimizer),
    seed,
  );
  const epochs = Array.from({ length: config.epochs }, (_, index) => index + 1);
  const indices = Int32Array.from(training);
  const orders = epochs.map((epoch) => shuffledOrder(indices, seed, epoch));
  const { horizontalFlip: probability } = config;
  const count = training.length;
  const flips = epochs.map(
    (epoch) => drawFlips({ count, probability, stream: 'training', seed, epoch }) ?? new Uint8Array(count),
  );
  const draws = orders.map((order, index) =>
    drawsInOrder(config, imageForm(CIFAR10_INPUT), { training: indices, order, seed, epoch: index + 1 }),
  );
  await writeFile(
    join(start, 'weights.safetensors'),
    encodeTorchWeights(config.network, CIFAR10_INPUT, weights, {}),
  );
  await writeFile(join(start, 'order.bin'), Buffer.concat(orders.map(bytesOf)));
  await writeFile(join(start, 'flips.bin'), Buffer.concat(flips));
  await writeFile(
    join(start, 'draws.bin'),
    Buffer.concat(draws.map((each) => (each ? bytesOf(each) : Buffer.of()))),
  );
}

// --- helpers ---

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
