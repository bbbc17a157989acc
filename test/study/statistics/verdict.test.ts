import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../study/statistics/normal.ts';
import { verdict } from '../../../study/statistics/verdict.ts';
import { randomStream } from '../../../study/trial/random-stream.ts';

const ahead = [70, 71, 70.5];
const rival = (scores: (number | null)[], imagesP?: number) => ({
  name: 'rival',
  scores,
  ...(imagesP !== undefined && {
    onImages: { images: 100, onlyWinner: 9, onlyRival: 5, p: imagesP, interval: { low: 1, high: 2 } },
  }),
});

describe('with one seed', () => {
  it('says at most that the two runs differ', () => {
    const tested = verdict([70], [rival([60], 1e-9)]);
    expect(tested).toMatchObject({ kind: 'runs differ', seedsToTell: null });
    expect(tested?.leads[0]).toMatchObject({ difference: 10, paired: null, p: 1e-9 });
    expect(verdict([70], [rival([69.8], 0.3)])?.kind).toBe('not told apart');
  });

  it('tells nothing apart without the hits of both', () => {
    expect(verdict([70], [rival([60])])).toMatchObject({ kind: 'not told apart', leads: [{ p: null }] });
  });
});

describe('with several seeds', () => {
  it('is clear from three seeds on, if the lead is the same with each', () => {
    expect(verdict(ahead, [rival([68, 69.1, 68.4])])).toMatchObject({ kind: 'clear', seedsToTell: null });
    const two = verdict(ahead.slice(0, 2), [rival([68, 69])]);
    expect(two).toMatchObject({ kind: 'likely', seedsToTell: 3 });
  });

  it('is about the rival that is told apart least', () => {
    const both = verdict(ahead, [rival([68, 69.1, 68.4]), rival([70.4, 70.2, 70.5])]);
    expect(both?.kind).toBe('not told apart');
    expect(both?.leads.map(({ kind }) => kind)).toEqual(['clear', 'not told apart']);
  });

  it('corrects for the number of rivals', () => {
    const close = rival([69.5, 69.9, 69.7]);
    const alone = verdict(ahead, [close]);
    const among = verdict(
      ahead,
      Array.from({ length: 10 }, () => close),
    );
    expect(alone?.kind).toBe('clear');
    expect(among?.kind).not.toBe('clear');
  });

  it('says how many seeds would tell: the smaller the lead, the more', () => {
    const seeds = (lead: number) =>
      verdict([70, 72, 71], [rival([70 - lead, 71.5 - lead, 71.4 - lead])])?.seedsToTell;
    const [wide, narrow] = [seeds(0.6), seeds(0.3)];
    expect(wide).toBeGreaterThan(3);
    expect(narrow).toBeGreaterThan(wide!);
    expect(seeds(0.01)).toBeNull();
  });

  it('is never clear of a winner that is behind, as a rule for ties may choose it', () => {
    const behind = verdict([68, 69.1, 68.4], [rival(ahead)]);
    expect(behind).toMatchObject({ kind: 'not told apart' });
    expect(behind?.leads[0]?.p).toBeLessThan(0.05);
    expect(behind?.leads[0]?.difference).toBeCloseTo(-2, 10);
  });

  it('compares the seeds with which both have a score', () => {
    expect(verdict([70, null, 71], [rival([68, 60, null])])?.leads[0]).toMatchObject({
      seeds: 1,
      difference: 2,
    });
    expect(verdict([70], [rival([null])])).toBeNull();
    expect(verdict([70], [])).toBeNull();
  });
});

describe('over many studies', () => {
  const STUDIES = 300;

  it.each([2, 6])('the best of %i equal candidates is hardly ever clear', (candidates) => {
    const random = normals('equal', candidates);
    const clear = Array.from({ length: STUDIES }, () => {
      const scores = Array.from({ length: candidates }, () => [random(), random(), random()]);
      const [best, ...others] = scores.sort((a, b) => sum(b) - sum(a));
      return verdict(
        best!,
        others.map((each) => rival(each)),
      )?.kind === 'clear'
        ? 1
        : 0;
    });
    // At most 5 %, and three deviations of a share of 300.
    expect(sum(clear) / STUDIES).toBeLessThan(0.05 + 3 * 0.0126);
  });

  it('a lead is mostly clear with as many seeds as would tell', () => {
    // Differences of 0.6, 1 and 1.4: a mean of 1 with a deviation of 0.4, as if they were those of all seeds.
    const seeds = verdict([1.4, 1.8, 2.6], [rival([0.8, 0.8, 1.2]), rival([0.8, 0.8, 1.2])])?.seedsToTell;
    const random = normals('lead');
    const clear = Array.from({ length: STUDIES }, () => {
      const scores = Array.from({ length: seeds! }, () => 1 + 0.4 * random());
      const others = [1, 2].map(() => rival(scores.map((score) => score - (1 + 0.4 * random()))));
      return verdict(scores, others)?.leads[0]?.kind === 'clear' ? 1 : 0;
    });
    expect(sum(clear) / STUDIES).toBeGreaterThan(0.7);
    expect(sum(clear) / STUDIES).toBeLessThan(0.99);
  });
});

// --- helpers ---

function normals(...key: (string | number)[]): () => number {
  const stream = randomStream(...key);
  return () => normalQuantile(uniformFloat64(stream));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
