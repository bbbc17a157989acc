import { expect, it } from 'vitest';
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

it('takes the first epoch that exceeds all before as the best', () => {
  const lines = [40, 55, 50, 55].map(
    (val_accuracy, index) => ({ epoch: index + 1, val_accuracy }) as EpochLine,
  );
  expect(bestEpoch(lines)?.epoch).toBe(2);
  expect(bestEpoch([])).toBeUndefined();
});
