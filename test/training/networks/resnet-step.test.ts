import { beforeAll, describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { networkSchema } from '../../../study/settings/networks.ts';
import { createCompiledEngine, createTrainingModeEngine } from '../../../training/compile/compiled-engine.ts';
import type { EvaluatedBatch } from '../../../training/compile/engine.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import { slotName } from '../../../training/optimizers/slots.ts';
import type { NamedTensor, NamedTensors } from '../../../training/tensorflow/named-tensors.ts';
import { tf } from '../../../training/tensorflow/tensorflow.ts';
import { createEagerEngine } from '../../reference/eager-engine.ts';
import { configOf } from '../configs.ts';
import { range } from '../easy-images.ts';
import { expectClose, expectLike } from '../expect-close.ts';
import expected from '../fixtures/resnet-step.json' with { type: 'json' };
import { filled, filledImages } from '../pytorch-fixtures.ts';
import { slotsAtRest } from '../tensors.ts';

/**
 * In single precision, a ReLU whose input is almost zero may take the other side. ResNet-50 has millions of ReLUs, and
 * some do on some processors. The norms of PyTorch's own gradients then differ by up to 1.2·10⁻³.
 */
const cases = [
  ['reduced', 1e-4],
  ['resnet50', 3e-3],
  ['resnet18', 1e-3],
  ['small', 1e-4],
] as const;

describe.each(cases)('%s: one step is torchvision’s', (which, gradientTolerance) => {
  const { blocks, width, hidden, block, stem, images, ...torch } = {
    block: undefined,
    stem: undefined,
    ...expected[which],
  };
  const config = configOf(
    networkSchema.parse({
      kind: 'resnet',
      blocks,
      width,
      hidden,
      ...(block && { block }),
      ...(stem && { stem }),
    }),
  );
  const network = createNetwork(config, CIFAR10_INPUT);
  const tensors = new Map(weightsOf(network).map((tensor) => [tensor.name, tensor]));
  let weights: NamedTensors;
  beforeAll(() => {
    weights = new Map(
      torch.weights.map((name, index) => [name, filled(name, tensors.get(name)?.shape ?? [], index + 1)]),
    );
  });
  const labels = filledImages(images).labels;
  const batch = { indices: range(0, images), flips: undefined };

  test('its tensors have torchvision’s names', () => {
    expect([...tensors.keys()].sort()).toEqual([...torch.weights].sort());
  });

  test.each([
    ['compiled', createCompiledEngine],
    ['eager', createEagerEngine],
  ])('%s', (_how, createEngine) => {
    const before = tf.memory().numTensors;
    const { optimizer } = config;
    const engine = createEngine({ network, images: filledImages(images), mirrored: false, optimizer });
    engine.setWeights(weights);
    engine.setSlots(slotsAtRest(network, optimizer));
    engine.clearSums();
    const evaluation = engine.evaluate(batch);
    engine.train(batch, { learningRate: 0, step: 1, dropoutSeed: [0, 0] });
    const { loss } = engine.sums();
    const [slots, trained] = [engine.slots(), engine.weights()];
    engine.dispose();
    expect(tf.memory().numTensors).toBe(before);

    expectEvaluation(evaluation, torch.evaluationLogits, 1e-5);
    expectClose([loss / images], [torch.loss], 1e-4 * torch.loss, 'training loss');
    // From rest, the velocity after the first step is the gradient.
    for (const [name, summary] of Object.entries(torch.gradients)) {
      expectLike(
        slots.get(slotName(name, 'momentum')) as NamedTensor,
        summary,
        gradientTolerance,
        `gradient of ${name}`,
      );
    }
    for (const [name, summary] of Object.entries(torch.averages)) {
      expectLike(trained.get(name) as NamedTensor, summary, 1e-5, name);
    }
  });

  test('evaluated in training mode', () => {
    const engine = createTrainingModeEngine({ network, images: filledImages(images), mirrored: false });
    engine.setWeights(weights);
    expectEvaluation(engine.evaluate(batch, [0, 0]), torch.trainingLogits, 1e-4);
    engine.dispose();
  });

  /** tolerance: share of the largest logit for losses, and of 1 for probabilities. */
  function expectEvaluation(got: EvaluatedBatch, logits: number[], tolerance: number): void {
    const { probabilities, losses } = softmax(logits, labels);
    expectClose(got.probabilities, probabilities, tolerance, 'probabilities');
    expectClose(got.losses, losses, tolerance * Math.max(...logits.map(Math.abs)), 'losses');
  }
});

// --- helpers ---

function softmax(logits: readonly number[], labels: ArrayLike<number>) {
  const rows = Array.from(labels, (_, row) => logits.slice(10 * row, 10 * row + 10));
  const sums = rows.map((row) => row.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return {
    probabilities: rows.flatMap((row, index) =>
      row.map((logit) => Math.exp(logit) / (sums[index] as number)),
    ),
    losses: rows.map(
      (row, index) => Math.log(sums[index] as number) - (row[labels[index] as number] as number),
    ),
  };
}
