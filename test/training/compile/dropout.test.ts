import { expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import type { Network, TrainingConfig } from '../../../study/definition/training-config.ts';
import { createCompiledEngine } from '../../../training/compile/compiled-engine.ts';
import type { TrainingEngine, TrainingRequest } from '../../../training/compile/engine.ts';
import { runTrial } from '../../../training/loop/run-trial.ts';
import { startingTensors } from '../../../training/loop/starting-tensors.ts';
import { createNetwork, weightsOf } from '../../../training/networks/network.ts';
import { createUpdateRule } from '../../../training/optimizers/optimizer.ts';
import type { NamedTensor } from '../../../training/tensorflow/named-tensors.ts';
import { configOf, dense, withEpochs } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';
import { constants, slotsAtRest } from '../tensors.ts';

/** Images 0 to 9 are of classes 0 to 9. */
const images = easyImages(10);
const UNITS = 1000;

/** Without momentum, so that the slots hold a step's gradients, and with a rate that leaves the weights unchanged. */
function withDropout(network: Network, dropout: number): TrainingConfig {
  return configOf(network, {
    dropout,
    optimizer: { kind: 'sgd', momentum: 0 },
    learningRate: 0,
    batchSize: 1,
  });
}

function requestFor(config: TrainingConfig): TrainingRequest {
  return {
    network: createNetwork(config, CIFAR10_INPUT),
    images,
    mirrored: false,
    optimizer: config.optimizer,
  };
}

function openEngine(config: TrainingConfig, weights: (name: string) => number): TrainingEngine {
  const request = requestFor(config);
  const engine = createCompiledEngine(request);
  engine.setWeights(constants(weightsOf(request.network), weights));
  engine.setSlots(slotsAtRest(request.network, request.optimizer));
  return engine;
}

/** Hidden units are 1 for any image, and logits are 0. */
const onesThenZeros = (name: string) => (name === 'layers.0.bias' ? 1 : 0);

/**
 * An image's units after dropout in the last step, if all were 1 before it. The gradient of an output weight is the mean
 * over the batch of the unit times the gradient of the logit, which is 0.1, and −0.9 for the image's own class. Each image
 * of the batch must have a different class, and none class 9.
 */
function unitsAfterDropout(engine: TrainingEngine, batchSize: number, label: number): number[] {
  const { data } = engine.slots().get('layers.1.weight.momentum') as NamedTensor;
  return Array.from({ length: data.length / 10 }, (_, unit) => {
    const row = data.subarray(10 * unit, 10 * unit + 10);
    return batchSize * ((row[9] as number) - (row[label] as number));
  });
}

function step(engine: TrainingEngine, indices: number[], dropoutSeed: [number, number]): void {
  engine.train(
    { indices: Int32Array.from(indices), flips: undefined },
    { learningRate: 0, step: 1, dropoutSeed },
  );
}

test.each([0.2, 0.5])('zeroes a share of %d, and scales the kept units so that the mean stays', (rate) => {
  const engine = openEngine(withDropout(dense(UNITS), rate), onesThenZeros);
  step(engine, [3], [1, 64]);
  const units = unitsAfterDropout(engine, 1, 3);
  engine.dispose();
  const kept = units.filter((unit) => unit !== 0);
  for (const unit of kept) expect(unit).toBeCloseTo(1 / (1 - rate), 5);
  // Five deviations of a binomial distribution.
  expect(Math.abs(1 - kept.length / UNITS - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / UNITS));
});

test('masks depend on the seed, and differ between steps, trials and the images of a batch', () => {
  const engine = openEngine(withDropout(dense(UNITS), 0.5), onesThenZeros);
  const masks = (seed: [number, number]) => {
    step(engine, [0, 1], seed);
    return [0, 1].map((label) => unitsAfterDropout(engine, 2, label).map((unit) => unit > 0.5));
  };
  const [first, again, nextStep, otherTrial] = [
    masks([1, 64]),
    masks([1, 64]),
    masks([1, 128]),
    masks([2, 64]),
  ];
  engine.dispose();
  expect(again).toEqual(first);
  const different = [...first, ...nextStep, ...otherTrial];
  for (const [index, mask] of different.entries()) {
    for (const other of different.slice(index + 1)) expect(agreement(mask, other)).toBeLessThan(0.6);
  }
});

test('masks differ between layers', () => {
  const size = 400;
  const weights = (name: string) =>
    /^layers\.[01]\.bias$/.test(name) ? 1 : name === 'layers.2.weight' ? 0.001 : 0;
  const config = withDropout(dense(size, size), 0.5);
  const engine = openEngine(config, weights);
  // If all output weights were equal, the units before them would have no gradient.
  const uneven = engine.weights();
  const { data: output } = uneven.get('layers.2.weight') as NamedTensor;
  for (let index = 0; index < output.length; index += 10) output[index] = 0.002;
  engine.setWeights(uneven);
  step(engine, [3], [1, 64]);
  const { data } = engine.slots().get('layers.1.weight.momentum') as NamedTensor;
  engine.dispose();
  // The gradient of the weight between two units is not 0 if both are kept.
  const units = Array.from(range(0, size));
  const bothKept = (from: number, to: number) => data[from * size + to] !== 0;
  const first = units.map((from) => units.some((to) => bothKept(from, to)));
  const second = units.map((to) => units.some((from) => bothKept(from, to)));
  for (const mask of [first, second]) {
    expect(Math.abs(mask.filter(Boolean).length / size - 0.5)).toBeLessThan(0.125);
  }
  expect(agreement(first, second)).toBeLessThan(0.625);
});

test('a trial drops different units in every step of every epoch, and the same ones again with the same seed', async () => {
  const masksOf = async (seed: number) => {
    const masks: string[] = [];
    const watching = (request: TrainingRequest): TrainingEngine => {
      const engine = createCompiledEngine(request);
      return {
        ...engine,
        setWeights: () => engine.setWeights(constants(weightsOf(request.network), onesThenZeros)),
        train(batch, settings) {
          engine.train(batch, settings);
          const label = images.labels[batch.indices[0] as number] as number;
          masks.push(
            unitsAfterDropout(engine, 1, label)
              .map((unit) => (unit > 0.5 ? 1 : 0))
              .join(''),
          );
        },
      };
    };
    await runTrial(
      {
        config: withEpochs(withDropout(dense(100), 0.5), 3),
        input: CIFAR10_INPUT,
        seed,
        images,
        training: range(0, 4),
        validation: range(4, 9),
        onProgress: () => {},
        onAlive: () => {},
        onEpoch: async () => {},
        signal: new AbortController().signal,
      },
      watching,
    );
    return masks;
  };
  const [first, again, other] = [await masksOf(1), await masksOf(1), await masksOf(2)];
  expect(first.length).toBe(12);
  expect(again).toEqual(first);
  expect(new Set([...first, ...other]).size).toBe(24);
});

test('evaluation drops nothing', () => {
  const evaluated = [0, 0.5].map((rate) => {
    const request = requestFor(withDropout(dense(64, 32), rate));
    const engine = createCompiledEngine(request);
    engine.setWeights(startingTensors(request.network, createUpdateRule(request.optimizer), 5).weights);
    const result = engine.evaluate({ indices: range(0, 10), flips: undefined });
    engine.dispose();
    return result;
  });
  expect(evaluated[1]).toEqual(evaluated[0]);
});

// --- helpers ---

/** The share of units that two masks treat alike: about half if the masks are independent. */
function agreement(a: readonly boolean[], b: readonly boolean[]): number {
  return a.filter((kept, unit) => kept === b[unit]).length / a.length;
}
