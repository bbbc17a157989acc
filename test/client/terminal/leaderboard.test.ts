import { expect, it } from 'vitest';
import type { StageView } from '../../../client/observe/observe-study.ts';
import type { TrialView } from '../../../client/observe/view-trial.ts';
import { leaderboard } from '../../../client/terminal/leaderboard.ts';
import { studyScreen } from '../../../client/terminal/screen.ts';
import { ended, queued, stageView, training, viewOf } from '../views.ts';

it('ranks trials that have ended, best first and ties in order, before the others', () => {
  const stage = stageView([
    queued('q'),
    ended('low', 40),
    ended('bad', null),
    ended('high', 50),
    ended('tie', 50),
  ]);
  expect(places(stage)).toEqual(['1 high', '2 tie', '3 low', '– bad', '· q']);
});

it('ranks candidates by the mean of the runs that have ended, with their runs below', () => {
  const stage = stageView([
    ...runs('lucky', ended('lucky', 60), ended('lucky@2', 40)),
    ...runs('steady', ended('steady', 52), ended('steady@2', 54), training('steady@3')),
    ...runs('late', queued('late'), queued('late@2')),
  ]);
  expect(places(stage)).toEqual([
    '1 steady: 53.00 % on average over 2 of 3 runs, deviation 1.41 points',
    ' steady',
    ' steady@2',
    '· steady@3',
    '2 lucky: 50.00 % on average over 2 runs, deviation 14.14 points',
    ' lucky',
    ' lucky@2',
    '· late',
    '· late@2',
  ]);
});

it('begins with the winner, whatever rule decided a tie, and says how sure its lead is', () => {
  const { standing } = ended('small', 50);
  const closest = {
    name: 'large',
    kind: 'not told apart' as const,
    seeds: 1,
    difference: -1,
    paired: null,
    p: null,
    onImages: null,
  };
  const stage = stageView([ended('large', 51), ended('small', 50)], {
    state: 'done',
    winner: { ...standing!, score: 50 },
    verdict: { kind: 'not told apart', seedsToTell: null, rivals: 1, closest },
  });
  expect(places(stage)).toEqual(['1 small', '2 large']);
  const screen = spaced(studyScreen(viewOf([stage])));
  expect(screen).toContain(' 1  small  50.00 % (epoch 2)  winner');
  expect(screen).toContain('Not ahead: small is behind large, by 1.00 points');
});

// --- helpers ---

function places(stage: StageView): string[] {
  return leaderboard(stage).map((line) =>
    line.kind === 'candidate'
      ? spaced(`${line.place} ${line.name}: ${line.text}`)
      : `${line.place} ${line.trial.name}`,
  );
}

function runs(candidate: string, ...trials: TrialView[]): TrialView[] {
  return trials.map((trial) => ({
    ...trial,
    standing: trial.standing && {
      ...trial.standing,
      ...(trial.name !== candidate && { candidate }),
    },
  }));
}

function spaced(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
