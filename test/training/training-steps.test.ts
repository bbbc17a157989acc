import { expect, test, vi } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { networkShapes } from '../../study/definition/network-shapes.ts';
import {
  defaultSettings,
  type Network,
  trainingConfigSchema,
} from '../../study/definition/training-config.ts';
import { createCompiledEngine } from '../../training/compile/compiled-engine.ts';
import { createNetwork, weightsOf } from '../../training/networks/network.ts';
import { learningRates } from '../../training/optimizers/schedule.ts';
import type { NamedTensor, NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import { expectClose, expectLike } from './expect-close.ts';
import expected from './fixtures/training-steps.json' with { type: 'json' };
import { filled, filledImages, type Summary } from './pytorch-fixtures.ts';
import { slotsAtRest } from './tensors.ts';

const images = filledImages(expected.batches.flat().length);

const cases = expected.cases.map(({ losses, evaluationLoss, changes, ...settings }) => {
  const { network, activation, optimizer, schedule, learningRate: _, ...beside } = settings;
  return {
    config: trainingConfigSchema.parse({ ...defaultSettings, epochs: expected.epochs, ...settings }),
    torch: { losses, evaluationLoss, changes: new Map<string, Summary>(Object.entries(changes)) },
    what: `${network.kind}, ${activation}, ${Object.values(optimizer).join(' ')}, ${schedule.kind} ${JSON.stringify(beside)}`,
  };
});

test.each(cases)('ten compiled steps equal PyTorch’s: $what', compareWithPyTorch);

test('so do ten steps with operations that are deterministic on a GPU', () => {
  vi.stubEnv('TF_DETERMINISTIC_OPS', '1');
  compareWithPyTorch(cases[0] as (typeof cases)[number]);
  vi.unstubAllEnvs();
});

// --- helpers ---

function compareWithPyTorch({ config, torch }: (typeof cases)[number]): void {
  const network = createNetwork(config, CIFAR10_INPUT);
  expect(weightsOf(network).map(({ name }) => name)).toEqual([...torch.changes.keys()]);
  const pixels = flattened(config.network);
  const pixelsOf = (name: string) => (name === 'layers.0.weight' ? pixels : undefined);
  const start: NamedTensors = new Map(
    weightsOf(network).map(({ name, shape }, index) => [
      name,
      filled(name, shape, index + 1, pixelsOf(name)),
    ]),
  );

  const engine = createCompiledEngine({ ...config, network, images, mirrored: true });
  engine.setWeights(start);
  engine.setSlots(slotsAtRest(network, config.optimizer));
  const losses: number[] = [];
  for (let epoch = 1; epoch <= expected.epochs; epoch++) {
    const learningRate = learningRates(config, epoch, expected.batches.length);
    for (const [index, batch] of expected.batches.entries()) {
      const flips = Uint8Array.from(batch, (_, index) => (index % 3 === 0 ? 1 : 0));
      engine.clearSums();
      engine.train(
        { indices: Int32Array.from(batch), flips },
        {
          learningRate: learningRate(index + 1),
          step: (epoch - 1) * expected.batches.length + index + 1,
          dropoutSeed: [0, 0],
        },
      );
      losses.push(engine.sums().loss / batch.length);
    }
  }
  const after = engine.weights();
  const evaluated = engine.evaluate({ indices: Int32Array.from(expected.batches.flat()), flips: undefined });
  engine.dispose();

  expectClose(losses, torch.losses, 1e-5, 'loss');
  const evaluationLoss = evaluated.losses.reduce((sum, loss) => sum + loss, 0) / evaluated.losses.length;
  expectClose([evaluationLoss], [torch.evaluationLoss], 1e-5, 'evaluation loss');
  for (const [name, change] of torch.changes) {
    const { shape, data } = after.get(name) as NamedTensor;
    const before = start.get(name)?.data as Float32Array;
    const changed = { shape, data: data.map((value, index) => value - (before[index] as number)) };
    expectLike(changed, change, 2e-5, `change of ${name}`, pixelsOf(name));
  }
}

/** Height, width and channels of the image that the first dense layer takes flattened; undefined if it takes features. */
function flattened(network: Network): number[] | undefined {
  const layers = networkShapes(network, CIFAR10_INPUT).layers.filter(({ kind }) => kind !== 'batchNorm');
  const first = layers.findIndex(({ kind }) => kind === 'dense');
  const channels = layers[first - 1]?.output.at(-1) ?? 3;
  return layers[first]?.flattens && [...layers[first].flattens, channels];
}
