import { describe, expect, it } from 'vitest';
import { clopperPearson, wilson } from '../../../study/statistics/accuracy-interval.ts';
import { betaBelow, betaQuantile } from '../../../study/statistics/beta.ts';
import { bootstrapDifference } from '../../../study/statistics/bootstrap.ts';
import { holm } from '../../../study/statistics/holm.ts';
import { mannWhitney } from '../../../study/statistics/mann-whitney.ts';
import { mcnemar } from '../../../study/statistics/mcnemar.ts';
import { normalBelow, normalBetween, normalQuantile } from '../../../study/statistics/normal.ts';
import { pairedOverSeeds } from '../../../study/statistics/paired-seeds.ts';
import { studentCritical, studentTwoSided } from '../../../study/statistics/student.ts';
import scipy from './scipy.json' with { type: 'json' };

// scripts/statistics_fixtures.py asked SciPy and statsmodels.

describe('distributions', () => {
  it('has the normal distribution, in its tails too', () => {
    for (const [z, p] of scipy.normal.below) expectSame(normalBelow(z!), p!);
    for (const [low, high, p] of scipy.normal.between) expectSame(normalBetween(low!, high!), p!);
    for (const [p, z] of scipy.normal.quantile) expectSame(normalQuantile(p!), z!);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 15);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect(normalBetween(-Infinity, Infinity)).toBe(1);
  });

  it("has the beta distribution and Student's t", () => {
    for (const [x, a, b, p] of scipy.beta.below) expectSame(betaBelow(x!, a!, b!), p!);
    for (const [p, a, b, x] of scipy.beta.quantile) expectSame(betaQuantile(p!, a!, b!), x!);
    for (const [t, freedom, p] of scipy.student.twoSided) expectSame(studentTwoSided(t!, freedom!), p!);
    for (const [p, freedom, t] of scipy.student.critical) expectSame(studentCritical(p!, freedom!), t!);
  });
});

describe('two runs on the same images', () => {
  it("are compared by McNemar's exact test", () => {
    for (const [onlyFirst, onlySecond, p] of scipy.mcnemar) {
      const [first, second] = hitsOf(onlyFirst!, onlySecond!, onlyFirst! + onlySecond! + 70);
      const test = mcnemar(first, second);
      expect(test).toMatchObject({ onlyFirst, onlySecond });
      expectSame(test.p, p!);
    }
  });

  it('differ by a bootstrap interval, the same for the same seed', () => {
    for (const [onlyFirst, onlySecond, images, low, high] of scipy.bootstrap) {
      const [first, second] = hitsOf(onlyFirst!, onlySecond!, images!);
      const interval = bootstrapDifference(first, second, { seed: 1 });
      // Limits of 2,000 resamples move by about a hundredth of their distance, and from image to image.
      const tolerance = 0.03 * (high! - low!) + 1 / images!;
      expect(Math.abs(interval.low - low!)).toBeLessThan(tolerance);
      expect(Math.abs(interval.high - high!)).toBeLessThan(tolerance);
      expect(bootstrapDifference(first, second, { seed: 1 })).toEqual(interval);
    }
  });

  it('must have the same images', () => {
    expect(() => mcnemar([1, 0], [1])).toThrow('got 2 and 1 images');
    expect(() => bootstrapDifference([], [], { seed: 1 })).toThrow('got 0 and 0 images');
  });
});

it('candidates differ over seeds by a paired t interval', () => {
  for (const { first, second, p, interval } of scipy.paired) {
    const paired = pairedOverSeeds(first, second);
    expectSame(paired.p, p);
    expectSame(paired.interval.low, interval[0]!);
    expectSame(paired.interval.high, interval[1]!);
  }
  expect(() => pairedOverSeeds([60], [61])).toThrow('two or more, got 1 and 1');
});

it('several tests are corrected as Holm does', () => {
  for (const { p, corrected } of scipy.holm) {
    holm(p).forEach((each, index) => {
      expectSame(each, corrected[index]!);
    });
  }
});

it('an accuracy has the intervals of Wilson, and of Clopper and Pearson', () => {
  for (const [right, images, confidence, ofWilson, exact] of scipy.accuracy as Accuracy[]) {
    const intervals = [wilson(right, images, confidence), clopperPearson(right, images, confidence)];
    [ofWilson, exact].forEach(([low, high], index) => {
      expectSame(intervals[index]!.low, low);
      expectSame(intervals[index]!.high, high);
    });
  }
  expect(() => wilson(11, 10)).toThrow('got 11 of 10');
});

it('ranks are compared as Mann and Whitney do', () => {
  for (const { greater, than, p } of scipy.mannWhitney) expectSame(mannWhitney(greater, than), p);
  expect(mannWhitney([1, 1], [1, 1])).toBe(1);
});

// --- helpers ---

type Accuracy = [number, number, number, [number, number], [number, number]];

/** Equal to 10 digits; absolutely where it is about 0. */
function expectSame(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-10 * Math.abs(expected) + 1e-305);
}

function hitsOf(onlyFirst: number, onlySecond: number, images: number): [number[], number[]] {
  const is = (from: number, to: number) =>
    Array.from({ length: images }, (_, image) => (image >= from && image < to ? 1 : 0));
  const both = is(onlyFirst + onlySecond, onlyFirst + onlySecond + 10);
  const [first, second] = [is(0, onlyFirst), is(onlyFirst, onlyFirst + onlySecond)];
  const or = (hits: number[]) => hits.map((hit, image) => hit || both[image]!);
  return [or(first), or(second)];
}
