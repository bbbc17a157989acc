import { expect, it } from 'vitest';
import { keptRows } from '../../workflows/stage/kept-rows.ts';
import type { StageRow } from '../../workflows/status.ts';

const scores = [90, 10, 80, 20, 70, 30, 60, 40];
const rows = [
  row('start', 0, true),
  ...scores.map((score, index) => row(`e${index}`, score)),
  row('open', null),
];

it('keeps the start, what is open, the newest and the best, in their order', () => {
  expect(keptRows(rows, { most: 9, left: 7, newest: 2 }).map(({ name }) => name)).toEqual([
    'start',
    'e0',
    'e2',
    'e4',
    'e6',
    'e7',
    'open',
  ]);
});

it('keeps all if they are few', () => {
  expect(keptRows(rows, { most: 10, left: 7, newest: 2 })).toEqual(rows);
});

it('keeps all runs of a candidate, or none', () => {
  const repeated = ['a', 'b', 'c', 'd'].flatMap((name, index) => {
    const second = row(`${name}@2`, 10 * index);
    return [row(name, 10 * index), { ...second, standing: { ...second.standing!, candidate: name } }];
  });
  // The newest is d@2; the best of the others is c.
  expect(keptRows(repeated, { most: 4, left: 4, newest: 1 }).map(({ name }) => name)).toEqual([
    'c',
    'c@2',
    'd',
    'd@2',
  ]);
});

// --- helpers ---

function row(name: string, score: number | null, takenOver = false): StageRow {
  const standing = {
    name,
    trialKey: null,
    status: 'trained',
    outcome: 'completed',
    score,
    bestEpoch: 1,
    reused: false,
    takenOver,
    of: null,
    suggestion: null,
    override: null,
    message: null,
  } as const;
  return { name, epochs: 1, standing: score === null ? null : standing, failure: null, drawn: null };
}
