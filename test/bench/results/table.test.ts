import { expect, test } from 'vitest';
import { comparedConfigs } from '../../../bench/results/plan.ts';
import { comparisonTable } from '../../../bench/results/table.ts';
import { defaultSettings } from '../../../study/definition/training-config.ts';

const trial = (...accuracies: number[]) => accuracies.map((accuracy) => ({ accuracy, loss: 1 }));

test('the table has mean and range of the seeds, and the difference with its standard error', () => {
  const table = comparisonTable(
    [
      {
        name: 'MLP',
        ours: [trial(40, 50), trial(42, 49), trial(41, 54)],
        pytorch: [trial(44, 52), trial(44, 50), trial(44, 51)],
      },
    ],
    2,
  );
  // Deviations: 1 and 0 after epoch 1, √7 and 1 after epoch 2, of three seeds each.
  expect(table.split('\n')).toEqual([
    '| network |  | epoch 1 | epoch 2 | best epoch |',
    '| --- | --- | --- | --- | --- |',
    '| `MLP` | ours | 41.00 (40.00–42.00) | 51.00 (49.00–54.00) | 51.00 (49.00–54.00) |',
    '|  | PyTorch | 44.00 (44.00–44.00) | 51.00 (50.00–52.00) | 51.00 (50.00–52.00) |',
    '|  | difference | −3.00 ± 0.58 | +0.00 ± 1.63 | +0.00 ± 1.63 |',
  ]);
});

test('throws if a trial ended early', () => {
  const networks = [{ name: 'MLP', ours: [trial(40)], pytorch: [trial(44, 52)] }];
  expect(() => comparisonTable(networks, 2)).toThrow('expected epoch 2 of a trial, got 1 epochs');
});

test('the networks and settings are those of the study', () => {
  expect(comparedConfigs().map(({ name }) => name)).toEqual([
    'MLP',
    'relu_layer_div4',
    'default_conv',
    'simple_cnn',
  ]);
  for (const { config } of comparedConfigs()) expect(config).toMatchObject({ ...defaultSettings, epochs: 5 });
});
