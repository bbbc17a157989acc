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

it('ranks the lowest loss first, and takes the epoch with the lowest as the best', () => {
  const losses = named(0.5, 0.3, null, 0.4).map((standing) => ({ ...standing, measure: 'loss' as const }));
  expect(names(rank(losses))).toBe('1302');
  const stopped = [0.9, 0.7].map((score, index) => ({
    name: `${index}`,
    score: null,
    measure: 'loss' as const,
    stopped: { epoch: 3, score },
  }));
  expect(names(rank(stopped))).toBe('10');
  const lines = [0.9, 0.4, 0.6, 0.4].map(
    (val_loss, index) =>
      ({ epoch: index + 1, val_accuracy: 10 * index, val_loss, val_score: 50 - index }) as EpochLine,
  );
  expect(bestEpoch(lines, 'loss')?.epoch).toBe(2);
  expect(bestEpoch(lines, 'accuracy')?.epoch).toBe(4);
  expect(bestEpoch(lines, 'macro F1')?.epoch).toBe(1);
});
