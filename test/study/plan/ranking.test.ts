import { describe, expect, it } from 'vitest';
import {
  candidatesOf,
  type RankedRun,
  rankCandidates,
  standardErrorOf,
  winnerOf,
} from '../../../study/plan/ranking.ts';

describe('candidates with several runs', () => {
  it('rank by the mean of their runs', () => {
    const runs = [...runsOf('lucky', 75, 60, 60), ...runsOf('steady', 70, 69, 71)];
    const [first, second] = rankCandidates(runs);
    expect(first).toMatchObject({ name: 'steady', score: 70, deviation: 1 });
    expect(second).toMatchObject({ name: 'lucky', score: 65 });
    expect(winnerOf(runs)).toMatchObject({ name: 'steady', score: 70, runs: 3, deviation: 1 });
  });

  it('are the same as trials if each has one run', () => {
    const runs = [...runsOf('a', 50), ...runsOf('b', 70), ...runsOf('c', null), ...runsOf('d', 70)];
    expect(namesOf(rankCandidates(runs))).toEqual(['b', 'd', 'a', 'c']);
    expect(candidatesOf(runs)[0]).toMatchObject({ score: 50, deviation: null });
    expect(winnerOf(runs)).toEqual(runs[1]);
    expect(winnerOf(runsOf('none', null))).toBeUndefined();
  });

  it('are grouped wherever their runs are, in the order of the first', () => {
    const [start] = runsOf('start', 60);
    const later = { ...start!, name: 'start@2', candidate: 'start', score: 62 };
    expect(candidatesOf([start!, ...runsOf('a', 50), later])).toMatchObject([
      { name: 'start', score: 61, runs: [{ name: 'start' }, { name: 'start@2' }] },
      { name: 'a' },
    ]);
  });

  it('leave skipped runs out, and come last if a run diverged', () => {
    const skipped = runsOf('skipped', 70, null);
    const diverged = runsOf('diverged', 90, null);
    diverged[1]!.outcome = 'diverged';
    expect(winnerOf(runsOf('late', null, 70))).toMatchObject({ name: 'late', score: 70 });
    expect(rankCandidates([...diverged, ...skipped, ...runsOf('bad', 20, 20)])).toMatchObject([
      { name: 'skipped', score: 70 },
      { name: 'bad', score: 20 },
      { name: 'diverged', score: 90 },
    ]);
  });

  it('leave out runs whose settings a person has changed in another way', () => {
    const runs = runsOf('a', 70, 80, 72);
    runs[1]!.override = { learningRate: 0.5 };
    expect(candidatesOf(runs)[0]).toMatchObject({ score: 71, counted: [{ name: 'a' }, { name: 'a@3' }] });
  });
});

describe('ties within one standard error', () => {
  const runs = [
    ...costing(runsOf('large', 69.9, 70.9), 9000, 100),
    ...costing(runsOf('small', 69.9, 70.7), 10, 300),
    ...costing(runsOf('best', 70, 71), 8000, 200),
    ...costing(runsOf('worse', 69, 69.1), 1, 1),
  ];
  const winnerBy = (rule: 'earlier' | 'parameters' | 'time') => winnerOf(runs, { rule, images: 1000 })?.name;

  it('are decided by the rule', () => {
    // 70.5 less 0.707 / √2.
    expect(winnerOf(runs)?.name).toBe('best');
    expect(winnerBy('earlier')).toBe('large');
    expect(winnerBy('parameters')).toBe('small');
    expect(winnerBy('time')).toBe('large');
  });

  it('leave the others in the order of their scores', () => {
    const ranked = rankCandidates(runs, { rule: 'parameters', images: 1000 });
    expect(namesOf(ranked)).toEqual(['small', 'best', 'large', 'worse']);
  });

  it('are those of an accuracy on so many images with one run', () => {
    const single = [...costing(runsOf('best', 70), 100, 1), ...costing(runsOf('small', 68.8), 10, 1)];
    expect(standardErrorOf(candidatesOf(single)[0]!, 1000)).toBeCloseTo(1.449, 3);
    expect(winnerOf(single, { rule: 'parameters', images: 1000 })?.name).toBe('small');
    expect(winnerOf(single, { rule: 'parameters', images: 10_000 })?.name).toBe('best');
  });

  it('prefer what is known to what is not', () => {
    const unknown = [...runsOf('best', 70), ...costing(runsOf('known', 69.5), 10, 1)];
    expect(winnerOf(unknown, { rule: 'time', images: 1000 })?.name).toBe('known');
  });
});

describe('candidates that are ranked by loss', () => {
  const byLoss = (runs: RankedRun[]) => runs.map((run) => ({ ...run, measure: 'loss' as const }));

  it('rank by the lowest mean', () => {
    const runs = byLoss([...runsOf('high', 0.5, 0.7), ...runsOf('low', 0.55, 0.45)]);
    expect(rankCandidates(runs)).toMatchObject([
      { name: 'low', score: 0.5, measure: 'loss' },
      { name: 'high' },
    ]);
    expect(winnerOf(runs)).toMatchObject({ name: 'low', score: 0.5, measure: 'loss', runs: 2 });
  });

  it('tie within one standard error over the seeds, above the lowest', () => {
    const runs = byLoss([
      ...costing(runsOf('best', 0.4, 0.5), 100, 1),
      ...costing(runsOf('small', 0.47, 0.5), 10, 1),
      ...costing(runsOf('worse', 0.9, 0.9), 1, 1),
    ]);
    expect(winnerOf(runs, { rule: 'parameters', images: 1000 })?.name).toBe('small');
  });

  it('tie only if they are equal with one run, since its standard error is not known', () => {
    const runs = byLoss([...costing(runsOf('best', 0.4), 100, 1), ...costing(runsOf('small', 0.41), 10, 1)]);
    expect(winnerOf(runs, { rule: 'parameters', images: 10 })?.name).toBe('best');
    expect(standardErrorOf(candidatesOf(runs)[0]!, 10)).toBe(0);
  });
});

// --- helpers ---

/** @param scores null for a run that was skipped. */
function runsOf(candidate: string, ...scores: (number | null)[]): RankedRun[] {
  return scores.map((score, index) => ({
    name: index === 0 ? candidate : `${candidate}@${index + 1}`,
    ...(index > 0 && { candidate }),
    score,
    outcome: score === null ? null : 'completed',
    override: null,
  }));
}

function costing(runs: RankedRun[], parameters: number, trainingSeconds: number): RankedRun[] {
  return runs.map((run) => ({ ...run, parameters, trainingSeconds }));
}

function namesOf(candidates: readonly { name: string }[]): string[] {
  return candidates.map(({ name }) => name);
}
