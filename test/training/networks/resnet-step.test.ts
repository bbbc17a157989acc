import { describe, expect, test } from 'vitest';
import { createNetwork } from '../../../training/networks/network.ts';
import { createUpdateRule } from '../../../training/optimizers/optimizer.ts';
import { slotName, type TrainingState } from '../../../training/state.ts';
import { trainingStep } from '../../../training/step.ts';
import {
  type DeviceTensors,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from '../../../training/tensorflow.ts';
import { configOf } from '../configs.ts';
import expected from '../fixtures/resnet-step.json' with { type: 'json' };

/** As `values` in resnet-step.py, times `spread`, plus `base`. */
function values(size: number, seed: number, spread: number, base: number): Float32Array {
  const data = new Float32Array(size);
  const offset = Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < size; index++) {
    let x = index + offset;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    data[index] = base + (((x ^ (x >>> 16)) >>> 8) * 2 ** -23 - 1) * spread;
  }
  return data;
}

/** Our axes in PyTorch's order, by rank: [height, width, in, out] → [out, in, height, width]. */
const toPyTorch: Record<number, number[]> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };

/** As `fill` in resnet-step.py. */
function filled(name: string, shape: number[], seed: number): Tensor {
  const order = toPyTorch[shape.length] as number[];
  const theirs = order.map((axis) => shape[axis] as number);
  const size = theirs.reduce((a, b) => a * b, 1);
  let [spread, base] = [0.25, 0];
  if (shape.length > 1) spread = Math.sqrt(6 / (size / (theirs[0] as number)));
  else if (name.endsWith('bn3.weight')) [spread, base] = [0.125, 0.25];
  else if (/(running_var|weight)$/.test(name)) base = 1;
  const back = order.map((_, axis) => order.indexOf(axis));
  return tf.transpose(tf.tensor(values(size, seed, spread, base), theirs), back);
}

function expectClose(got: ArrayLike<number>, want: number[], tolerance: number, what: string): void {
  expect(got.length).toBe(want.length);
  for (const [index, value] of want.entries()) {
    const error = Math.abs((got[index] as number) - value);
    expect(error, `${what}[${index}]: ${got[index]} for ${value}`).toBeLessThan(tolerance);
  }
}

/** Compares norm and entries; tolerance: share of the norm, and of the root mean square for single entries. */
function expectLike(tensor: Tensor, want: Summary, tolerance: number, what: string): void {
  const last = want.entries.length - 1;
  const positions = want.entries.map((_, k) => Math.round((k * (tensor.size - 1)) / last));
  const [norm, entries] = tf.tidy(() => {
    const flat = tf.reshape(tf.transpose(tensor, toPyTorch[tensor.rank]), [-1]);
    return [tf.norm(flat).dataSync()[0] as number, tf.gather(flat, positions).dataSync()];
  });
  expect(Math.abs(norm / want.norm - 1), `${what}: norm ${norm} for ${want.norm}`).toBeLessThan(tolerance);
  expectClose(entries, want.entries, (10 * tolerance * want.norm) / Math.sqrt(tensor.size), what);
}

interface Summary {
  norm: number;
  entries: number[];
}

describe.each(['reduced', 'resnet50'] as const)('%s: one step', (which) => {
  const { blocks, width, hidden, images, ...torch } = expected[which];
  const config = configOf({ kind: 'resnet', blocks, width, hidden });
  const network = createNetwork(config);
  const rule = createUpdateRule(config.optimizer);
  const shapes = new Map([...network.parameters, ...network.buffers].map(({ name, shape }) => [name, shape]));

  test('is torchvision’s', { timeout: 120_000 }, () => {
    expect([...shapes.keys()].sort()).toEqual([...torch.weights].sort());
    const before = tf.memory().numTensors;
    const state: TrainingState = tf.tidy(() => {
      const weights: DeviceTensors = {};
      for (const [index, name] of torch.weights.entries()) {
        weights[name] = filled(name, shapes.get(name) as number[], index + 1);
      }
      const slots = network.parameters.map(({ name, shape }) => [
        slotName(name, 'momentum'),
        tf.zeros(shape),
      ]);
      return { weights, slots: Object.fromEntries(slots), lossSum: tf.scalar(0), correct: tf.scalar(0) };
    });
    const batch = tf.tidy(() => ({
      x: tf.transpose(
        tf.tensor(values(images * 3072, 0, 1, 0), [images, 3, 32, 32]),
        [0, 2, 3, 1],
      ) as Tensor4D,
      labels: tf.tensor1d(
        Array.from({ length: images }, (_, index) => index % 10),
        'int32',
      ),
    }));
    const dropoutSeed = tf.tensor1d([1, 1], 'int32') as Tensor1D;
    const logitsOf = (training: boolean) =>
      tf.tidy(() =>
        network
          .forward(state.weights, batch.x, training ? { training, dropoutSeed } : { training })
          .logits.dataSync(),
      );
    const scale = (logits: number[]) => Math.max(...logits.map(Math.abs));

    expectClose(logitsOf(false), torch.evaluationLogits, 1e-5 * scale(torch.evaluationLogits), 'evaluation');
    expectClose(logitsOf(true), torch.trainingLogits, 1e-4 * scale(torch.trainingLogits), 'training');
    const learningRate = tf.scalar(0);
    const next = trainingStep(network, rule, state, { batch, learningRate, dropoutSeed });
    expectClose([(next.lossSum.dataSync()[0] as number) / images], [torch.loss], 1e-4 * torch.loss, 'loss');
    // From rest, the velocity after the first step is the gradient.
    for (const [name, summary] of Object.entries(torch.gradients)) {
      expectLike(next.slots[slotName(name, 'momentum')] as Tensor, summary, 1e-3, `gradient of ${name}`);
    }
    for (const [name, summary] of Object.entries(torch.averages)) {
      expectLike(next.weights[name] as Tensor, summary, 1e-5, name);
    }
    tf.dispose([state, next, batch, dropoutSeed, learningRate]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
