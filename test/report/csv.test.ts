import { expect, it } from 'vitest';
import { renderCsv } from '../../report/csv.ts';
import type { EpochLine } from '../../study/trial/trial.ts';
import { failed, ownRecord, stage, trial } from './example-record.ts';

const line: EpochLine = {
  epoch: 1,
  train_loss: 2.0000000000000004,
  train_accuracy: 12.5,
  val_loss: 1e-7,
  val_accuracy: 33.33,
  learning_rate: 0.06801699813974062,
  seconds: 12.034,
};
const HEADER =
  'stage,trial,trialKey,epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds,val_accuracy_in_training_mode\n';

it('has a row for every epoch of every trial, numbers in full, and the best epoch’s accuracy in training mode', () => {
  const best = { bestEpoch: 2, scoreInTrainingMode: 31.5 };
  const own = trial(
    'a',
    { to: 50 },
    { ...best, trialKey: 'k1', lines: [line, { ...line, epoch: 2, train_loss: 1 }] },
  );
  expect(renderCsv(ownRecord([stage('first', [own, failed('b', 'diverged')])]))).toBe(
    `${HEADER}first,a,k1,1,2.0000000000000004,12.5,1e-7,33.33,0.06801699813974062,12.034,\n` +
      'first,a,k1,2,1,12.5,1e-7,33.33,0.06801699813974062,12.034,31.5\n',
  );
});

it('lists a trial that a later stage takes over once, and quotes names if necessary', () => {
  const own = trial('a', { to: 50 }, { trialKey: null, lines: [line] });
  const csv = renderCsv(
    ownRecord([
      stage('the "first", of two', [own]),
      stage('second', [{ ...own, takenOver: true }, trial('b', { to: 50 }, { lines: [] })]),
    ]),
  );
  expect(csv).toBe(
    `${HEADER}"the ""first"", of two",a,,1,2.0000000000000004,12.5,1e-7,33.33,0.06801699813974062,12.034,\n`,
  );
});
