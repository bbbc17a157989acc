import { expect, test, vi } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { networkShapes } from '../../study/definition/network-shapes.ts';
import { defaultSettings, trainingConfigSchema } from '../../study/definition/training-config.ts';
import { createCompiledEngine } from '../../training/compile/compiled-engine.ts';
import { createNetwork, weightsOf } from '../../training/networks/network.ts';
import { learningRateAt } from '../../training/optimizers/schedule.ts';
import type { NamedTensor, NamedTensors } from '../../training/tensorflow/named-tensors.ts';
import { expectClose, expectLike } from './expect-close.ts';
import expected from './fixtures/training-steps.json' with { type: 'json' };
import { filled, filledImages, type Summary } from './pytorch-fixtures.ts';
import { slotsAtRest } from './tensors.ts';

const images = filledImages(expected.batches.flat().length);

const cases = expected.cases.map(({ network, activation, optimizer, schedule, learningRate, ...torch }) => ({
  config: trainingConfigSchema.parse({
    ...defaultSettings,
    network,
    activation,
    optimizer,
    schedule,
    learningRate,
  }),
  torch: { ...torch, changes: new Map<string, Summary>(Object.entries(torch.changes)) },
  what: `${network.kind}, ${activation}, ${optimizer.kind}, ${schedule.kind}`,
}));

test.each(cases)('ten compiled steps equal PyTorch’s: $what', compareWithPyTorch);

test('so do ten steps with operations that are deterministic on a GPU', () => {
  vi.stubEnv('TF_DETERMINISTIC_OPS', '1');
  compareWithPyTorch(cases[0] as (typeof cases)[number]);
  vi.unstubAllEnvs();
});

// --- helpers ---

function compareWithPyTorch({ config, torch }: (typeof cases)[number]): void {
  const network = createNetwork(config, CIFAR10_INPUT);
  const { optimizer } = config;
  expect(weightsOf(network).map(({ name }) => name)).toEqual([...torch.changes.keys()]);
  const pixels = flattened(config.network);
  const pixelsOf = (name: string) => (name === 'layers.0.weight' ? pixels : undefined);
  const start: NamedTensors = new Map(
    weightsOf(network).map(({ name, shape }, index) => [
      name,
      filled(name, shape, index + 1, pixelsOf(name)),
    ]),
  );

  const engine = createCompiledEngine({ network, images, mirrored: true, optimizer });
  engine.setWeights(start);
  engine.setSlots(slotsAtRest(network, optimizer));
  const losses: number[] = [];
  for (let epoch = 1; epoch <= expected.epochs; epoch++) {
    for (const batch of expected.batches) {
      const flips = Uint8Array.from(batch, (_, index) => (index % 3 === 0 ? 1 : 0));
      engine.clearSums();
      engine.train(
        { indices: Int32Array.from(batch), flips },
        { learningRate: learningRateAt(config, epoch), dropoutSeed: [0, 0] },
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

/** Height, width and channels of the image that the first dense layer takes. */
function flattened(network: Parameters<typeof networkShapes>[0]): number[] {
  const convolutions = networkShapes(network, CIFAR10_INPUT).layers.filter(({ kind }) => kind === 'conv');
  return convolutions.at(-1)?.output ?? [32, 32, 3];
}
