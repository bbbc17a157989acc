import { describe, expect, it } from 'vitest';
import type { Schedule, Settings } from '../../../study/definition/training-config.ts';
import { asTrained } from '../../../study/plan/epochs.ts';
import { rateAt } from '../../../study/settings/schedules/schedules.ts';
import { learningRates } from '../../../training/optimizers/schedule.ts';
import { configOf, dense } from '../../training/configs.ts';

const ratesOf = (schedule: Schedule, epochs: number) =>
  Array.from({ length: epochs }, (_, index) =>
    rateAt(schedule, { learningRate: 0.1, epoch: index + 1, epochs }),
  );

describe('the learning rate of each epoch', () => {
  it('stays the same', () => {
    expect(ratesOf({ kind: 'constant' }, 3)).toEqual([0.1, 0.1, 0.1]);
  });

  it('is multiplied after every epoch', () => {
    expect(ratesOf({ kind: 'exponential', gamma: 0.5 }, 3)).toEqual([0.1, 0.05, 0.025]);
  });

  it('is multiplied after every few epochs, and not before', () => {
    const rates = ratesOf({ kind: 'step', every: 2, gamma: 0.5 }, 5);
    expect(rates).toEqual([0.1, 0.1, 0.05, 0.05, 0.025]);
  });

  it('follows half a wave of the cosine, to the last bits of a float', () => {
    for (const epochs of [1, 2, 3, 4, 7, 90, 1000]) {
      for (const [index, rate] of ratesOf({ kind: 'cosine' }, epochs).entries()) {
        const wanted = 0.05 * (1 + Math.cos((Math.PI * index) / epochs));
        expect(Math.abs(rate - wanted)).toBeLessThan(1e-16);
      }
    }
    expect(ratesOf({ kind: 'cosine' }, 4)[2]).toBe(0.05);
  });
});

describe('the warm-up', () => {
  const ratesInEpoch = (changes: Partial<Settings>, epoch: number) => {
    const rate = learningRates(configOf(dense(8), { learningRate: 0.1, epochs: 4, ...changes }), epoch, 4);
    return [1, 2, 3, 4].map(rate);
  };

  it('raises the rate in equal steps, over parts of epochs too', () => {
    expect(ratesInEpoch({ warmUp: 1.5 }, 1)).toEqual([1, 2, 3, 4].map((step) => (0.1 * step) / 6));
    expect(ratesInEpoch({ warmUp: 1.5 }, 2)).toEqual([(0.1 * 5) / 6, 0.1, 0.1, 0.1]);
  });

  it('raises it to what the schedule says of the epoch', () => {
    const schedule: Schedule = { kind: 'exponential', gamma: 0.5 };
    expect(ratesInEpoch({ warmUp: 2, schedule }, 2)).toEqual([5, 6, 7, 8].map((step) => (0.05 * step) / 8));
    expect(ratesInEpoch({ warmUp: 2, schedule }, 3)).toEqual([0.025, 0.025, 0.025, 0.025]);
  });

  it('is not there unless somebody asks for it', () => {
    expect(ratesInEpoch({}, 1)).toEqual([0.1, 0.1, 0.1, 0.1]);
    expect(ratesInEpoch({ warmUp: 0 }, 1)).toEqual([0.1, 0.1, 0.1, 0.1]);
  });
});

it('a profile divides the epochs of a schedule and of the warm-up too', () => {
  const settings = { epochs: 90, warmUp: 5, schedule: { kind: 'step', every: 30, gamma: 0.1 } } as const;
  expect(asTrained(settings, { epochDivisor: 10 })).toEqual({
    epochs: 9,
    warmUp: 0.5,
    schedule: { kind: 'step', every: 3, gamma: 0.1 },
  });
  expect(asTrained({ schedule: { kind: 'cosine' } }, { epochDivisor: 10 })).toEqual({
    schedule: { kind: 'cosine' },
  });
  expect(asTrained(settings, { epochDivisor: 100 }).schedule).toMatchObject({ every: 1 });
});
