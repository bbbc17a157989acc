import { describe, expect, it } from 'vitest';
import { decideByAsha } from '../../../study/search/stopping/asha.ts';
import { decideByHalving } from '../../../study/search/stopping/halving.ts';
import { decideByMedian } from '../../../study/search/stopping/median.ts';
import { replay } from '../../../study/search/stopping/replay.ts';
import { type Curve, rungsOf, type StoppingRule } from '../../../study/search/stopping/rules.ts';

const EPOCHS = 32;
const median: StoppingRule = { kind: 'median', first: 4, every: 8 };
const halving: StoppingRule = { kind: 'halving', first: 2, factor: 4 };
const asha: StoppingRule = { kind: 'asha', first: 2, factor: 4 };

it('rungs are the epochs after which a rule decides; never the last', () => {
  expect(rungsOf(median, EPOCHS)).toEqual([4, 12, 20, 28]);
  expect(rungsOf(halving, EPOCHS)).toEqual([2, 8]);
  expect(rungsOf(halving, 33)).toEqual([2, 8, 32]);
  expect(rungsOf(asha, 2)).toEqual([]);
});

describe('median', () => {
  const earlier = [10, 20, 30, 40, 50].map((score) => at(score, 4));

  it('stops what is behind the median of earlier rounds', () => {
    expect(decideByMedian(at(29, 4), 4, earlier)).toBe('stop');
    expect(decideByMedian(at(30, 4), 4, earlier)).toBe('continue');
  });

  it('counts a trial’s best epoch so far, and trials that have come so far', () => {
    expect(decideByMedian({ ...at(31, 4), scores: [5, 31, 6, 7] }, 4, earlier)).toBe('continue');
    const shorter = [...earlier.slice(0, 4), at(50, 3)];
    expect(decideByMedian(at(1, 4), 4, shorter)).toBe('continue');
  });
});

describe('halving', () => {
  const round = [30, 10, 40, 20, 50, 60, 5, 1].map((score) => at(score, 8));

  it('lets one of four go on, the best', () => {
    const decisions = round.map((_, index) => decideByHalving({ factor: 4 }, index, 8, round));
    expect(decisions.flatMap((decision, index) => (decision === 'continue' ? [index] : []))).toEqual([4, 5]);
  });

  it('waits for those that are still on their way, not for those that have ended', () => {
    const late = round.with(6, at(5, 7));
    expect(decideByHalving({ factor: 4 }, 5, 8, late)).toBe('wait');
    expect(decideByHalving({ factor: 4 }, 5, 8, late.with(6, { ...at(5, 7), ended: true }))).toBe('continue');
  });

  it('lets the earlier of equals go on, and at least one', () => {
    const equal = [at(50, 8), at(50, 8)];
    const decisions = [0, 1].map((index) => decideByHalving({ factor: 4 }, index, 8, equal));
    expect(decisions).toEqual(['continue', 'stop']);
  });
});

describe('asha', () => {
  it('stops what is not among the best quarter of those that came before', () => {
    const arrivals = [10, 20, 30, 40, 50];
    expect(decideByAsha({ factor: 4 }, at(39, 2), 2, arrivals)).toBe('stop');
    expect(decideByAsha({ factor: 4 }, at(40, 2), 2, arrivals)).toBe('continue');
    expect(decideByAsha({ factor: 4 }, at(1, 2), 2, [])).toBe('continue');
  });
});

describe('a replay of complete curves', () => {
  // The better a trial ends, the better it begins.
  const curves = [50, 40, 70, 60, 30, 65, 45, 80, 20, 57, 35, 75].map((end) =>
    Array.from({ length: EPOCHS }, (_, epoch) => end * (1 - 0.5 ** (epoch + 1))),
  );

  it.each([median, halving, asha])('keeps the best trial and saves epochs: $kind', (rule) => {
    const { trained, savedShare, best, loss } = replay(rule, curves, 12);
    expect(best).toBeCloseTo(80, 3);
    expect(loss).toBe(0);
    expect(trained[7]).toBe(EPOCHS);
    const sum = trained.reduce((total, epochs) => total + epochs, 0);
    expect(savedShare).toBeCloseTo(1 - sum / (12 * EPOCHS));
    for (const epochs of trained) expect([...rungsOf(rule, EPOCHS), EPOCHS]).toContain(epochs);
    // `median` has no earlier round to compare with.
    expect(savedShare > 0).toBe(rule.kind !== 'median');
  });

  it('compares a round with those before it', () => {
    const { trained } = replay(median, curves, 6);
    expect(trained.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => EPOCHS));
    expect(trained.slice(6)).toEqual([4, EPOCHS, 4, EPOCHS, 4, EPOCHS]);
  });

  it('says what a rule costs where the best begins slowly', () => {
    const slow = Array.from({ length: EPOCHS }, (_, epoch) => (epoch < 20 ? 1 : 90));
    const { best, loss } = replay(halving, [...curves, slow], 13);
    expect(best + loss).toBeCloseTo(90);
    expect(loss).toBeGreaterThan(9);
  });

  it('needs trials with epochs', () => {
    expect(() => replay(asha, [], 1)).toThrow('none at all');
    expect(() => replay(asha, [[]], 1)).toThrow(RangeError);
  });
});

// --- helpers ---

/** A trial that has come to an epoch with this score. */
function at(score: number, epoch: number): Curve {
  return { scores: Array.from({ length: epoch }, () => score), epochs: EPOCHS, ended: false };
}
