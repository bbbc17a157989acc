import { describe, expect, it } from 'vitest';
import { asRival, type ComparedCandidate, compareChanges } from '../../../study/statistics/compare-runs.ts';
import { verdict } from '../../../study/statistics/verdict.ts';

const IMAGES = 200;

describe('a rival', () => {
  it('with one run is compared image by image', () => {
    const compared = compareWithWinner(one('best', 60), [one('other', 40)], 1);
    expect(compared).toMatchObject({
      kind: 'runs differ',
      leads: [{ seeds: 1, difference: 20, onImages: { images: IMAGES, onlyWinner: 40, onlyRival: 0 } }],
    });
    const { interval } = compared!.leads[0]!.onImages!;
    expect(interval.low).toBeGreaterThan(14);
    expect(interval.high).toBeLessThan(26);
  });

  it('has its runs paired by their seeds, not by their places', () => {
    const best = { name: 'best', runs: [run(1, 60), run(2, 62), run(3, 61)] };
    const other = { name: 'other', runs: [run(2, 52), run(3, 51), run(4, 90)] };
    expect(compareWithWinner(best, [other], 1)?.leads[0]).toMatchObject({
      seeds: 2,
      difference: 10,
      paired: { mean: 10, deviation: 0 },
      // Of the second seed, the first that both have.
      onImages: { onlyWinner: 20, onlyRival: 0 },
    });
  });

  it('is not compared image by image without the hits of both', () => {
    const bare = { name: 'other', runs: [{ ...run(1, 40), hits: null }] };
    expect(compareWithWinner(one('best', 60), [bare], 1)).toMatchObject({
      kind: 'not told apart',
      leads: [{ p: null, onImages: null }],
    });
    expect(compareWithWinner(one('best', 60), [], 1)).toBeNull();
  });
});

describe('compareChanges', () => {
  it('averages over candidates and seeds', () => {
    const pair = (name: string, ...change: number[]) => ({
      changed: { name: `${name}_leak`, runs: change.map((by, seed) => run(seed, 50 + by)) },
      ordinary: { name, runs: change.map((_, seed) => run(seed, 50)) },
    });
    const changes = compareChanges([pair('a', 1, 2), pair('b', 3, 4)], 1);
    expect(changes.pairs).toMatchObject([
      { name: 'a_leak', of: 'a', seeds: 2, difference: 1.5 },
      { name: 'b_leak', of: 'b', seeds: 2, difference: 3.5 },
    ]);
    expect(changes.overall).toMatchObject({ seeds: 4, mean: 2.5 });
    expect(changes.overall?.interval.low).toBeCloseTo(0.446, 3);
  });

  it('has no interval over seeds of one pair, but one over its images', () => {
    const changes = compareChanges([{ changed: one('a_leak', 55), ordinary: one('a', 50) }], 1);
    expect(changes).toMatchObject({
      pairs: [{ difference: 5, paired: null, onImages: { onlyWinner: 10 } }],
      overall: null,
    });
  });
});

// --- helpers ---

function compareWithWinner(winner: ComparedCandidate, others: ComparedCandidate[], seed: number) {
  return verdict(
    winner.runs.map(({ score }) => score),
    others.map((other) => asRival(winner, other, seed)),
  );
}

function one(name: string, score: number) {
  return { name, runs: [run(1, score)] };
}

/** The first images are right. */
function run(seed: number, score: number) {
  const right = Math.round((score * IMAGES) / 100);
  return { seed, score, hits: Uint8Array.from({ length: IMAGES }, (_, image) => (image < right ? 1 : 0)) };
}
