import { expect, test } from 'vitest';
import { type Measurement, ProgramFailed } from '../../../bench/timing/measure.ts';
import { measureByTurns, summaryOf } from '../../../bench/timing/rounds.ts';

/** The order and results of turns that take the given seconds. */
async function measure(
  seconds: Record<string, number | Error>,
  options: {
    rounds: number;
    continueWith?: (found: ReadonlyMap<string, Measurement[]>, round: number) => string[];
  },
) {
  const order: string[] = [];
  const turns = Object.entries(seconds).map(([name, value]) => ({
    name,
    async measure() {
      order.push(name);
      if (value instanceof Error) throw value;
      return { figures: { seconds: value }, disturbance: { others: name === 'noisy' ? 1 : 0, lost: 0 } };
    },
  }));
  const result = await measureByTurns({
    title: 'a test',
    turns,
    log: () => {},
    untilQuiet: async () => {},
    ...options,
  });
  return { order: order.join(' '), ...result };
}

test('every second round is in reverse order', async () => {
  const { order, measured } = await measure({ ours: 1, a: 2, b: 3 }, { rounds: 3 });
  expect(order).toBe('ours a b b a ours ours a b');
  expect([...measured].map(([name, found]) => [name, found.length])).toEqual([
    ['ours', 3],
    ['a', 3],
    ['b', 3],
  ]);
});

test('a peer that is dropped after the first round keeps its measurement', async () => {
  const continueWith = (first: ReadonlyMap<string, Measurement[]>) =>
    [...first.keys()].filter((name) => name !== 'slow');
  const { order, measured } = await measure({ ours: 1, slow: 9, a: 2 }, { rounds: 2, continueWith });
  expect(order).toBe('ours slow a a ours');
  expect(measured.get('slow')).toHaveLength(1);
});

test('no further round is measured once nothing is left to measure', async () => {
  const { order } = await measure(
    { ours: 1, a: 2 },
    { rounds: 3, continueWith: (found, round) => (round === 2 ? [] : [...found.keys()]) },
  );
  expect(order).toBe('ours a a ours');
});

test('a peer that fails is listed and left out; a failure of ours is thrown', async () => {
  const failure = new ProgramFailed('torch.compile: no compiler');
  const { order, failed } = await measure({ ours: 1, broken: failure, a: 2 }, { rounds: 2 });
  expect(order).toBe('ours broken a a ours');
  expect(failed).toEqual(new Map([['broken', 'torch.compile: no compiler']]));
  await expect(measure({ ours: failure, a: 2 }, { rounds: 1 })).rejects.toBe(failure);
  await expect(measure({ ours: 1, a: new Error('a bug') }, { rounds: 1 })).rejects.toThrow('a bug');
});

test('disturbed measurements are counted', async () => {
  const { measured } = await measure({ ours: 1, noisy: 2 }, { rounds: 1 });
  const secondsOf = (name: string) => summaryOf(measured.get(name) ?? [], ({ seconds = 0 }) => seconds);
  expect(secondsOf('ours')).toEqual({ median: 1, least: 1, most: 1, runs: 1, disturbed: 0 });
  expect(secondsOf('noisy')).toMatchObject({ median: 2, disturbed: 1 });
});
