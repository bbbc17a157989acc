import { expect, test } from 'vitest';
import { allNetworks, isSelection, usualNetworks } from '../../../bench/networks.ts';
import type { Bench } from '../../../bench/sections/section.ts';
import { trainings } from '../../../bench/sections/trainings.ts';
import type { TrainingsAnHour } from '../../../bench/studies/trainings.ts';
import { summarise } from '../../../bench/timing/statistics.ts';

const rows = (ours: number[], pool: number[]) => {
  const results: TrainingsAnHour = {
    images: 'generated',
    trainings: 10,
    atOnce: 2,
    ours: summarise(ours, 1),
    pool: summarise(pool, 0),
    accuracy: { ours: 41.23, pool: 41.1 },
  };
  return trainings.markdown(results).split('\n').slice(2);
};

test('are not measured with only some networks', async () => {
  const bench = { networks: allNetworks.filter(({ name }) => name === 'MLP') } as unknown as Bench;
  for await (const results of trainings.measure(bench)) expect.fail(JSON.stringify(results));
  expect(isSelection(usualNetworks)).toBe(false);
  expect(isSelection(allNetworks)).toBe(false);
});

test('trainings an hour of both, and their ratio', () => {
  expect(rows([90, 88, 95], [120, 130, 125])).toEqual([
    '| ours, 2 cores | 400 (379–409)\\* | 41.2 % |',
    '| PyTorch, 2 processes | 288 (277–300) | 41.1 % |',
    '| ratio | 1.39 | required on two cores: 1.3: even |',
  ]);
  expect(rows([90, 89, 91], [130, 131, 132])[2]).toBe(
    '| ratio | 1.46 | required on two cores: 1.3: reached |',
  );
  expect(rows([90, 89, 91], [100, 101, 102])[2]).toBe(
    '| ratio | 1.12 | required on two cores: 1.3: missed |',
  );
});
