import { describe, expect, it } from 'vitest';
import { isDivisible, nextPortion, portionSizes } from '../../../study/search/rounds.ts';

const tpe = { sampler: { kind: 'tpe' as const, startUp: 5 }, evaluations: 14 };

describe('nextPortion', () => {
  it('takes all evaluations of a search that learns nothing together, as many side by side as it may', () => {
    expect(nextPortion({ evaluations: 300 }, 0, 0)).toEqual({ count: 300, atOnce: 100, thenAsync: 0 });
    expect(nextPortion({ evaluations: 300, parallel: 3 }, 100, 0)).toEqual({
      count: 200,
      atOnce: 3,
      thenAsync: 0,
    });
  });

  it('takes the start-up of one that learns together, and then rounds', () => {
    expect(portions(tpe)).toEqual([
      [5, 5],
      [4, 4],
      [4, 4],
      [1, 1],
    ]);
    expect(portions({ ...tpe, parallel: 3 })).toEqual([
      [5, 3],
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
  });

  it('counts trials of earlier searches for the start-up', () => {
    expect(portions(tpe, 3)[0]).toEqual([2, 2]);
    expect(portions(tpe, 7)[0]).toEqual([4, 4]);
  });

  it('goes on without a break if the search is async', () => {
    const search = { ...tpe, order: 'async' as const, parallel: 2 };
    expect(nextPortion(search, 0, 0)).toEqual({ count: 5, atOnce: 2, thenAsync: 2 });
    expect(nextPortion(search, 9, 0)).toEqual({ count: 2, atOnce: 2, thenAsync: 2 });
  });

  it('divides what halving compares into rounds of the same size, if it is more than a workflow holds', () => {
    const halving = { stopping: { kind: 'halving' as const, first: 1, factor: 3 } };
    const sizes = (evaluations: number) => portionSizes({ evaluations, ...halving });
    expect(sizes(300)).toEqual([300]);
    expect(sizes(301)).toEqual([151, 150]);
    expect(sizes(1000)).toEqual([250, 250, 250, 250]);
    expect(isDivisible({ evaluations: 1000, ...halving }, 250, 0)).toBe(false);
    expect(isDivisible({ evaluations: 1000 }, 250, 0)).toBe(true);
    // The start-up of a search that learns is one round.
    const learns = { sampler: { kind: 'tpe' as const, startUp: 400 }, evaluations: 410 };
    expect(portionSizes({ ...learns, ...halving })).toEqual([200, 200, 4, 4, 2]);
  });

  it('ends after the last evaluation', () => {
    expect(nextPortion(tpe, 14, 0)).toBe(null);
  });
});

// --- helpers ---

/** How many are suggested, and how many of them train side by side. */
function portions(search: Parameters<typeof nextPortion>[0], seeds = 0): [number, number][] {
  const found: [number, number][] = [];
  let suggested = 0;
  for (;;) {
    const portion = nextPortion(search, suggested, seeds);
    if (!portion) return found;
    found.push([portion.count, portion.atOnce]);
    suggested += portion.count;
  }
}
