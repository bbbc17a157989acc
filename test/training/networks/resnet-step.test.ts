import { describe, expect, test } from 'vitest';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import { type Tensor, tf } from '../../../training/tensorflow.ts';
import { configOf } from '../configs.ts';
import expected from '../fixtures/resnet-step.json' with { type: 'json' };
import { stepDifference, toPyTorch, values } from '../step-difference.ts';

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

describe.each(['reduced', 'resnet50'] as const)('%s: one step', (which) => {
  const { blocks, width, hidden, ...torch } = expected[which];
  const config = configOf({ kind: 'resnet', blocks, width, hidden });
  const shapes = new Map(weightsOf(createNetwork(config)).map(({ name, shape }) => [name, shape]));

  test('is torchvision’s', { timeout: 120_000 }, () => {
    expect([...shapes.keys()].sort()).toEqual([...torch.weights].sort());
    const before = tf.memory().numTensors;
    const weights = tf.tidy(() =>
      Object.fromEntries(
        torch.weights.map((name, index) => [name, filled(name, shapes.get(name) as number[], index + 1)]),
      ),
    );
    const { evaluationLogits, trainingLogits, loss, gradients, averages } = stepDifference(
      config,
      weights,
      torch,
    );
    expect(evaluationLogits.value).toBeLessThan(1e-5);
    expect(trainingLogits.value).toBeLessThan(1e-4);
    expect(loss.value).toBeLessThan(1e-4);
    expect(gradients.value, gradients.at).toBeLessThan(1e-3);
    expect(averages.value, averages.at).toBeLessThan(1e-5);
    tf.dispose(weights);
    expect(tf.memory().numTensors).toBe(before);
  });
});
