import { expect, it } from 'vitest';
import { winnerOf } from '../../../study/plan/ranking.ts';
import { rank } from '../../../study/plan/winner.ts';
import { bestEpoch, type EpochLine } from '../../../study/trial/trial.ts';

const named = (...scores: (number | null)[]) => scores.map((score, index) => ({ name: `${index}`, score }));
const names = (standings: { name: string }[]) => standings.map(({ name }) => name).join('');

it('ranks by score, then by the order of the candidates, and trials without a score last', () => {
  expect(names(rank(named(50, 70, 60)))).toBe('120');
  expect(names(rank(named(50, 70, 70, 50)))).toBe('1203');
  expect(names(rank(named(null, 10, null, 20)))).toBe('3102');
  expect(names(rank(named(null, null)))).toBe('01');
});

it('ranks trials that were stopped behind those with scores: the furthest first, then by what they had reached', () => {
  const stopped = (name: string, epoch: number, score: number) => ({
    name,
    score: null,
    stopped: { epoch, score },
  });
  const standings = [
    { name: 'skipped', score: null },
    stopped('early', 3, 90),
    stopped('late', 9, 60),
    { name: 'whole', score: 50 },
    stopped('later', 9, 70),
  ];
  expect(rank(standings).map(({ name }) => name)).toEqual(['whole', 'later', 'late', 'early', 'skipped']);
  expect(winnerOf(standings)?.name).toBe('whole');
  expect(winnerOf([stopped('early', 3, 90)])).toBeUndefined();
});

it('takes the first epoch that exceeds all before as the best', () => {
  const lines = [40, 55, 50, 55].map(
    (val_accuracy, index) => ({ epoch: index + 1, val_accuracy }) as EpochLine,
  );
  expect(bestEpoch(lines)?.epoch).toBe(2);
  expect(bestEpoch([])).toBeUndefined();
});
