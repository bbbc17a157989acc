import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { TrialView } from '../../../client/observe/view-trial.ts';
import { eventLines } from '../../../client/terminal/event-lines.ts';
import { describeDataset, describeProgress } from '../../../client/terminal/format.ts';
import { studyScreen } from '../../../client/terminal/screen.ts';
import type { OtherMeasure } from '../../../study/trial/measure.ts';
import { ended, line, queued, stageView, training, viewOf } from '../views.ts';

const own: TrialView = {
  ...training('MLP'),
  lastLine: { ...line, val_score: 21.25 },
  measure: 'macro F1',
  example: 'row',
};

it('shows an epoch in the measure of its study', () => {
  expect(describeProgress(own)).toContain(
    '1,235 rows/s, loss 1.2346, train 30.00 %, val macro F1 21.25 % after epoch 1',
  );
  const byLoss: TrialView = { ...training('MLP'), measure: 'loss' };
  expect(describeProgress(byLoss)).toContain('val loss 2.0500 after epoch 1');
  const lines = eventLines(viewOf([stageView([queued('MLP')])]), viewOf([stageView([own])]));
  expect(lines).toEqual([
    '  MLP: epoch 1 of 3: train loss 2.1000, accuracy 22.00 %; val loss 2.0500, accuracy 25.50 %, macro F1 21.25 %; ' +
      '12.3 s, 1,235 rows/s, 3 min 20 s left',
  ]);
});

it('ranks the lowest loss first', () => {
  const trials = [withScore('high', 0.9), withScore('low', 0.4)];
  const screen = stripVTControlCharacters(studyScreen(viewOf([stageView(trials)])));
  expect(screen).toMatch(/ 1 {2}low {3}loss 0\.4000 \(epoch 2\)\n +2 {2}high {2}loss 0\.9000 \(epoch 2\)/);
});

it('says the test in the measure, and rows for a table', () => {
  const test = { images: 80, accuracy: 83.75, loss: 0.5, measure: 'macro F1' as const, score: 71.2 };
  const stages = [stageView([], { kind: 'test', name: 'test' })];
  const view = viewOf(stages, { example: 'row', test });
  expect(describeDataset(view)).toMatch(/^data set: 2,000 training and 500 test rows/);
  expect(stripVTControlCharacters(studyScreen(view))).toContain(
    '  macro F1 71.20 % on 80 test rows, accuracy 83.75 %',
  );
  expect(eventLines(viewOf(stages), view)).toEqual(['test: macro F1 71.20 % on 80 rows, accuracy 83.75 %']);
});

// --- helpers ---

function withScore(name: string, score: number, measure: OtherMeasure = 'loss'): TrialView {
  const trial = ended(name, score);
  return { ...trial, standing: trial.standing && { ...trial.standing, measure } };
}
