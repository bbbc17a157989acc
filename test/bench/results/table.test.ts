import { expect, test } from 'vitest';
import { comparedRows } from '../../../bench/results/plan.ts';
import { accuracyTable, lossTable, type Trial } from '../../../bench/results/table.ts';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { networkShapes } from '../../../study/definition/network-shapes.ts';
import { defaultSettings } from '../../../study/definition/training-config.ts';

function trial(accuracies: number[], firstEpoch: number[] = []): Trial {
  return { firstEpoch, epochs: accuracies.map((accuracy) => ({ accuracy, loss: 1, trainLoss: 1 })) };
}

test('accuracies: mean and range of the seeds, and the mean difference of the pairs with its standard error', () => {
  const table = accuracyTable([
    {
      title: '`MLP`',
      pairs: [
        { ours: trial([40, 45, 50]), pytorch: trial([40.5, 45, 52]), double: null },
        { ours: trial([42, 46, 49]), pytorch: trial([43, 46, 50]), double: null },
        { ours: trial([41, 47, 54]), pytorch: trial([42.5, 47, 51]), double: null },
      ],
    },
  ]);
  // The pairs differ by −0.5, −1 and −1.5 after epoch 1, and by −2, −1 and 3 after epoch 3.
  expect(table.split('\n')).toEqual([
    '| network | epochs |  | epoch 1 | middle epoch | last epoch |',
    '| --- | --- | --- | --- | --- | --- |',
    '| `MLP` | 3 | ours | 41.00 (40.00–42.00) | 46.00 (45.00–47.00) | 51.00 (49.00–54.00) |',
    '|  |  | PyTorch | 42.00 (40.50–43.00) | 46.00 (45.00–47.00) | 51.00 (50.00–52.00) |',
    '|  |  | difference | −1.00 ± 0.29 | +0.00 ± 0.00 | +0.00 ± 1.53 |',
  ]);
});

test('losses: the largest difference of both sides, of single and double precision, and of the seeds', () => {
  const row = {
    title: '`MLP`, adagrad',
    pairs: [
      {
        ours: trial([1], [2.31, 2.3, 2]),
        pytorch: trial([1], [2.31, 2.3000021, 2.014]),
        double: [9, 2.3, 2.0132],
      },
      { ours: trial([1], [2.28, 2.25, 2.1]), pytorch: trial([1], [2.2800003, 2.2500004, 2.1]), double: null },
    ],
  };
  expect(lossTable([row]).split('\n').at(-1)).toBe(
    '| `MLP`, adagrad | 0.00000030 | 0.0000021 | 0.014 | 0.00080 | 0.10 |',
  );
  const single = row.pairs.map((pair) => ({ ...pair, double: null }));
  expect(lossTable([{ ...row, pairs: single }])).toContain('| 0.014 | – | 0.10 |');
});

test('a trial that ended early is an error', () => {
  const pairs = [{ ours: trial([40, 50]), pytorch: trial([44]), double: null }];
  expect(() => accuracyTable([{ title: 'MLP', pairs }])).toThrow(
    /^expected more than 1 values of a trial, got 1$/,
  );
});

test('the rows are networks and optimizers of the study, with its settings', () => {
  const rows = comparedRows();
  expect(rows.map(({ title }) => title)).toEqual([
    '`default_conv`',
    '`default_conv`, adagrad',
    '`default_conv`, adadelta',
    '`default_conv`, sgd expo scheduler',
    '`default_conv`, adadelta expo scheduler',
    '`MLP`',
    '`simple_cnn`',
    '`rn14_reduced`',
    '`relu_layer_div2`',
    '`simple_cnn_arq_2`',
  ]);
  const { optimizer, schedule, epochs, ...same } = defaultSettings;
  for (const { config } of rows) expect(config).toMatchObject(same);
  expect(rows[4]?.config).toMatchObject({
    optimizer: { kind: 'adadelta' },
    schedule: { kind: 'exponential', gamma: 0.95 },
  });
  expect(
    networkShapes(rows[8]?.config.network ?? { kind: 'dense', hidden: [1] }, CIFAR10_INPUT).layers,
  ).toHaveLength(9);
});
