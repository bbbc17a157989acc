import { describe, expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { Activation, Network, Optimizer, Settings } from '../../../study/definition/training-config.ts';
import { imageForm } from '../../../training/augmentations/image-form.ts';
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import { createCompiledEngine, createEvaluationEngine } from '../../../training/compile/compiled-engine.ts';
import type { TrainingEngine } from '../../../training/compile/engine.ts';
import { drawsInOrder } from '../../../training/loop/draws.ts';
import { startingTensors } from '../../../training/loop/starting-tensors.ts';
import { createNetwork } from '../../../training/networks/network.ts';
import { createUpdateRule } from '../../../training/optimizers/optimizer.ts';
import type { NamedTensors } from '../../../training/tensorflow/named-tensors.ts';
import { createEagerEngine } from '../../reference/eager-engine.ts';
import { configOf, conv, dense, tinyResnet } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const images = easyImages(120);
/** Three full batches and a partial one. */
const batches = [range(0, 32), range(32, 64), range(64, 96), range(96, 101)];
const everyThird = Uint8Array.from({ length: 32 }, (_, index) => (index % 3 === 0 ? 1 : 0));

const optimizers: Record<string, Optimizer> = {
  sgd: { kind: 'sgd', momentum: 0.9 },
  adagrad: { kind: 'adagrad' },
  adadelta: { kind: 'adadelta' },
};
/** Everything that changes a step besides the optimizers above. */
const recipes: Record<string, Partial<Settings>> = {
  'SGD with weight decay': { optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0.1 } },
  'label smoothing': { labelSmoothing: 0.1 },
  'clipped gradients': { clipNorm: 0.1 },
  augmentations: {
    augmentations: [
      { kind: 'crop', padding: 4 },
      { kind: 'brightness', amount: 0.4 },
      { kind: 'contrast', amount: 0.4 },
      { kind: 'cutout', size: 12 },
    ],
  },
};
const activations: Activation[] = ['relu', 'leakyRelu', 'sigmoid', 'elu', 'silu'];
const convNetwork = conv(
  [
    [6, 5, 0],
    [8, 3, 1],
  ],
  20,
  16,
);

/** An engine's results for the batches, with a different learning rate in each step. */
function trained(create: typeof createCompiledEngine, network: Network, changes: Partial<Settings>) {
  const config = configOf(network, changes);
  const { optimizer, horizontalFlip } = config;
  const asFunction = createNetwork(config, CIFAR10_INPUT);
  const start = startingTensors(asFunction, createUpdateRule(optimizer), 5);
  const mirrored = horizontalFlip > 0;
  const first = range(0, 32);
  const drawn = drawsInOrder(config, imageForm(CIFAR10_INPUT), {
    training: first,
    order: first,
    seed: 5,
    epoch: 1,
  });
  const engine = create({ ...config, network: asFunction, images, mirrored });
  try {
    engine.setWeights(start.weights);
    engine.setSlots(start.slots);
    engine.clearSums();
    const steps = batches.map((indices, step) => {
      const flips = mirrored ? everyThird.subarray(0, indices.length) : undefined;
      const learningRate = (optimizer.kind === 'adadelta' ? 1 : 0.01) * 0.9 ** step;
      const draws = drawn?.subarray(0, (indices.length * drawn.length) / 32);
      engine.train(
        { indices, flips, ...(draws && { draws }) },
        { learningRate, step: step + 1, dropoutSeed: [5, 64 * step] },
      );
      return { ...engine.sums(), ...stateOf(engine) };
    });
    return { steps, evaluated: engine.evaluate({ indices: range(50, 120), flips: undefined }) };
  } finally {
    engine.dispose();
  }
}

function trainedByBoth(network: Network, changes: Partial<Settings>) {
  return {
    eager: trained(createEagerEngine, network, changes),
    compiled: trained(createCompiledEngine, network, changes),
  };
}

type Stepped = ReturnType<typeof trained>['steps'][number];

function stateOf(engine: TrainingEngine) {
  return { weights: engine.weights(), slots: engine.slots() };
}

function digest({ loss, correct, weights, slots }: Stepped) {
  return { loss, correct, weights: tensorsDigest(weights), slots: tensorsDigest(slots) };
}

/** The largest difference, as a share of the tensor's largest value or of `atLeast`. */
function difference(a: NamedTensors, b: NamedTensors, atLeast = 1e-3): number {
  expect([...b.keys()]).toEqual([...a.keys()]);
  let largest = 0;
  for (const [name, { data }] of a) {
    const other = b.get(name)?.data as Float32Array;
    const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), atLeast);
    for (const [index, value] of data.entries()) {
      largest = Math.max(largest, Math.abs(value - (other[index] as number)) / scale);
    }
  }
  return largest;
}

describe('a compiled step equals the eager one', () => {
  const fused: Activation[] = ['sigmoid', 'elu'];
  const sgd = (activation: Activation): Partial<Settings> => ({
    activation,
    dropout: 0.3,
    optimizer: optimizers.sgd as Optimizer,
  });
  const exact: [string, Partial<Settings>][] = [
    ...activations
      .filter((activation) => !fused.includes(activation))
      .map((activation): [string, Partial<Settings>] => [activation, sgd(activation)]),
    ['adagrad', { optimizer: optimizers.adagrad as Optimizer }],
    ['no flips, no momentum', { horizontalFlip: 0, optimizer: { kind: 'sgd', momentum: 0 } }],
  ];
  // Larger matrices are updated by an operation of this project, which rounds less often.
  test.each(exact)('bit for bit: a dense network of small matrices, %s', (_what, changes) => {
    const { eager, compiled } = trainedByBoth(dense(20, 16), changes);
    expect(compiled.steps.map(digest)).toEqual(eager.steps.map(digest));
  });

  // TensorFlow's Adadelta multiplies by the reciprocal root. The gradient of a convolution's bias sums in another order.
  // Sigmoid and ELU are fused with the matrix product before them; the fused operation has its own exponential.
  const close: [string, Network, Partial<Settings>][] = [
    ['a dense network, adadelta', dense(24, 16), { optimizer: optimizers.adadelta as Optimizer }],
    ...fused.map((activation): [string, Network, Partial<Settings>] => [
      `a dense network, ${activation}`,
      dense(24, 16),
      sgd(activation),
    ]),
    // Adagrad is left out: the size of its first step doesn't depend on the gradient's, which enlarges rounding errors.
    ...(['sgd', 'adadelta'] as const).map((name): [string, Network, Partial<Settings>] => [
      `wide dense layers, ${name}`,
      dense(800, 2700, 12),
      { optimizer: optimizers[name] as Optimizer, activation: 'silu' },
    ]),
    ...Object.entries(recipes).flatMap(([name, changes]): [string, Network, Partial<Settings>][] => [
      [`convolutions, ${name}`, convNetwork, changes],
      [`wide dense layers, ${name}`, dense(800, 2700, 12), changes],
    ]),
    ...activations.map((activation, index): [string, Network, Partial<Settings>] => {
      const [name, optimizer] = Object.entries(optimizers)[index % 3] as [string, Optimizer];
      const dropout = index % 2 === 0 ? 0.3 : 0;
      return [
        `convolutions, ${name}, ${activation}, dropout ${dropout}`,
        convNetwork,
        { activation, optimizer, dropout },
      ];
    }),
  ];
  test.each(close)('within 2·10⁻⁵ after four steps: %s', (_what, network, changes) => {
    const { eager, compiled } = trainedByBoth(network, changes);
    for (const [step, { loss, correct, weights, slots }] of eager.steps.entries()) {
      const other = compiled.steps[step] as Stepped;
      expect(Math.abs(other.loss / loss - 1)).toBeLessThan(1e-6);
      expect(other.correct).toBe(correct);
      expect(difference(weights, other.weights)).toBeLessThan(2e-5);
      expect(difference(slots, other.slots)).toBeLessThan(2e-5);
    }
    for (const [index, value] of eager.evaluated.probabilities.entries()) {
      expect(Math.abs((compiled.evaluated.probabilities[index] as number) - value)).toBeLessThan(1e-5);
    }
  });

  // As Adagrad's, Adam's first steps don't depend on the size of a gradient, so that almost none may become one.
  test.each<[string, Optimizer]>([
    ['Adam with weight decay', { kind: 'adam', weightDecay: 0.1 }],
    ['AdamW', { kind: 'adamw', weightDecay: 0.5 }],
  ])('within 10⁻³ of the learning rate on average: wide dense layers, %s', (_name, optimizer) => {
    const { eager, compiled } = trainedByBoth(dense(800, 2700, 12), { optimizer });
    for (const [step, { weights }] of eager.steps.entries()) {
      const other = (compiled.steps[step] as Stepped).weights;
      for (const [name, { data }] of weights) {
        const values = other.get(name)?.data as Float32Array;
        const sum = data.reduce(
          (total, value, index) => total + Math.abs(value - (values[index] as number)),
          0,
        );
        expect(sum / data.length, name).toBeLessThan(1e-3 * 0.01);
      }
    }
    expect(difference((eager.steps[0] as Stepped).slots, (compiled.steps[0] as Stepped).slots)).toBeLessThan(
      2e-5,
    );
  });

  // Rounding errors grow within a few steps: some gradients are almost zero, and the size of Adagrad's and Adadelta's
  // steps doesn't depend on the gradient's size.
  test.each(Object.entries(optimizers))(
    'within 10⁻⁴ after one step: a ResNet with its running averages, %s',
    (_name, optimizer) => {
      const changes = { optimizer, activation: 'elu', dropout: 0.2 } as const;
      const both = trainedByBoth(tinyResnet, changes);
      const [eager, compiled] = [both.eager.steps[0] as Stepped, both.compiled.steps[0] as Stepped];
      expect(Math.abs(compiled.loss / eager.loss - 1)).toBeLessThan(1e-5);
      expect(difference(averages(eager.weights), averages(compiled.weights))).toBeLessThan(1e-5);
      if (optimizer.kind === 'sgd') expect(difference(eager.slots, compiled.slots, 0.1)).toBeLessThan(1e-4);
    },
  );
});

function averages(weights: NamedTensors): NamedTensors {
  return new Map([...weights].filter(([name]) => name.includes('running_')));
}

test('an evaluation engine gives the same results for an image in batches of any size', () => {
  const config = configOf(tinyResnet);
  const network = createNetwork(config, CIFAR10_INPUT);
  const engine = createEvaluationEngine({ network, images, mirrored: false });
  engine.setWeights(startingTensors(network, createUpdateRule(config.optimizer), 5).weights);
  const all = engine.evaluate({ indices: range(0, 120), flips: undefined });
  const one = engine.evaluate({ indices: Int32Array.of(119), flips: undefined });
  engine.dispose();
  expect(all.probabilities.length).toBe(1200);
  for (const [index, value] of one.probabilities.entries()) {
    expect(value).toBeCloseTo(all.probabilities[1190 + index] as number, 5);
  }
  expect(one.losses[0]).toBeCloseTo(all.losses[119] as number, 4);
});

test('batches have the right images, mirrored or not, also if the images are loaded in several parts', () => {
  const many = easyImages(4100);
  const config = configOf(dense(8), { horizontalFlip: 0.5 });
  const network = createNetwork(config, CIFAR10_INPUT);
  const request = { network, images: many, mirrored: true, optimizer: config.optimizer };
  const indices = Int32Array.of(0, 1999, 2000, 3999, 4000, 4099, 0, 1999, 2000, 3999, 4000, 4099);
  const flips = indices.map((_, position) => (position < 6 ? 0 : 1));
  const evaluatedBy = (engine: TrainingEngine) => {
    engine.setWeights(startingTensors(network, createUpdateRule(config.optimizer), 5).weights);
    const result = engine.evaluate({ indices, flips: Uint8Array.from(flips) });
    engine.dispose();
    return result;
  };
  const eager = evaluatedBy(createEagerEngine(request));
  const compiled = evaluatedBy(createCompiledEngine(request));
  for (const [position, loss] of eager.losses.entries()) {
    expect(compiled.losses[position]).toBeCloseTo(loss, 6);
  }
  expect(new Set(eager.losses).size).toBe(12);
});

test('weights are read as they were set, and training does not change the arrays they were set from', () => {
  const config = configOf(dense(800, 8));
  const network = createNetwork(config, CIFAR10_INPUT);
  const { optimizer } = config;
  const engine = createCompiledEngine({ network, images, mirrored: false, optimizer });
  const start = startingTensors(network, createUpdateRule(optimizer), 5);
  const before = tensorsDigest(start.weights);
  engine.setWeights(start.weights);
  engine.setSlots(start.slots);
  expect(tensorsDigest(engine.weights())).toBe(before);
  expect(tensorsDigest(engine.slots())).toBe(tensorsDigest(start.slots));
  engine.train(
    { indices: range(0, 32), flips: undefined },
    { learningRate: 0.1, step: 1, dropoutSeed: [0, 0] },
  );
  expect(tensorsDigest(engine.weights())).not.toBe(before);
  expect(tensorsDigest(start.weights)).toBe(before);
  engine.dispose();
});
