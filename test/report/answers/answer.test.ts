import { expect, it } from 'vitest';
import { answer, headline } from '../../../report/answers/answer.ts';
import { testAnswer } from '../../../report/answers/test-answer.ts';
import type { StageRecord, TestRecord, TrialRecord } from '../../../study/record/record.ts';
import { failed, ownRecord, stage, trial } from '../example-record.ts';
import { fullRecord } from '../example-study.ts';

const scored = (name: string, score: number, with_: Partial<TrialRecord> = {}) =>
  trial(name, { to: 50 }, { score, bestEpoch: 7, ...with_ });
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
/** The answer of the last of these stages; the profile `full` validates on 10,000 images. */
const answerOf = (...stages: StageRecord[]) => plain(answer(ownRecord(stages), stages.at(-1) as StageRecord));

it('says who wins, by how much, and how far the others are', () => {
  expect(answerOf(stage('s', [scored('a', 50), scored('b', 53), scored('c', 40)]))).toBe(
    '`b` wins with 53.00 % at epoch 7, 3.00 points ahead of `a` (50.00 %). ' +
      'From first to last, the scores span 13.00 points, down to `c` with 40.00 %.',
  );
});

it('calls equal scores a tie, and says why one of them wins', () => {
  expect(answerOf(stage('s', [scored('a', 50), scored('b', 50)]))).toBe(
    '`a` and `b` tie at 50.00 %; the earliest candidate wins ties: `a`.',
  );
  const start = scored('a', 50, { takenOver: true });
  expect(answerOf(stage('s', [start, scored('b', 50), scored('c', 50)], { start: 'a' }))).toContain(
    '`a`, `b` and `c` tie at 50.00 %; the start wins ties: `a`.',
  );
});

it('calls a lead below the standard error a near-tie, and one above it a win', () => {
  // At 50 % of 10,000 images the standard error is 0.5 points.
  expect(answerOf(stage('s', [scored('a', 50), scored('b', 49.51)]))).toBe(
    'A near-tie: `a` has 50.00 % at epoch 7, only 0.49 points ahead of `b` (49.51 %); ' +
      'the standard error of an accuracy on 10,000 validation images is 0.50 points.',
  );
  expect(answerOf(stage('s', [scored('a', 50), scored('b', 49.49)]))).toContain('`a` wins with');
});

it('compares with the start, ranked or not', () => {
  const first = stage('first', [scored('a', 50)]);
  const second = stage('second', [scored('b', 70), scored('c', 60)], { start: 'a' });
  expect(answerOf(first, second)).toContain(
    'That is 20.00 points above the winner of `first`, `a` (50.00 %).',
  );
  const start = scored('a', 50, { takenOver: true });
  expect(answerOf(stage('s', [start, scored('b', 40)], { start: 'a' }))).toContain(
    'The only candidate did not beat the start, so its configuration stays.',
  );
  expect(answerOf(stage('s', [start, scored('b', 60)], { start: 'a' }))).toContain(
    '`b` wins with 60.00 % at epoch 7, 10.00 points ahead of the start, `a` (50.00 %).',
  );
});

it('names a single candidate, the only one with a score, and that none has one', () => {
  expect(answerOf(stage('s', [scored('a', 50)]))).toBe('`a` was the only candidate: 50.00 % at epoch 7.');
  expect(
    answerOf(
      stage('s', [failed('x', 'diverged'), scored('a', 50), failed('y', null), failed('z', 'outOfMemory')]),
    ),
  ).toBe(
    '`a` is the only one with a score: 50.00 % at epoch 7. `x` diverged, `z` ran out of memory and `y` was skipped.',
  );
  expect(answerOf(stage('s', [failed('x', null), failed('y', null)]))).toBe(
    'No answer: no trial of this stage has a score. `x` and `y` were skipped.',
  );
  expect(answerOf(stage('s', [scored('a', 50), scored('b', 60)], { winner: null }))).toBe(
    'Not decided. So far, `b` is best with 60.00 %.',
  );
});

it('names the settings that a search found, or that it found none', () => {
  const record = fullRecord();
  const search = record.stages.find(({ name }) => name === 'search') as StageRecord;
  expect(plain(headline(record, search))).toContain('_search_03` (lr 0.06802, batch 128, 90 epochs)');
  const none = search.trials.map((each) => ({ ...each, score: each.takenOver ? 90 : 80 }));
  expect(plain(answer(record, { ...search, trials: none }))).toContain(
    'None of the 10 evaluations beat the start, so its configuration stays.',
  );
});

it('gives the change of each variant', () => {
  const ordinary = stage('first', [scored('a', 50), scored('b', 60)]);
  const side = stage('leak', [scored('a_leak', 51, { of: 'a' }), scored('b_leak', 59.8, { of: 'b' })], {
    kind: 'variant',
    winner: null,
  });
  expect(answerOf(ordinary, side)).toBe(
    'With the change, the best validation accuracy moves by +1.00 for `a` and −0.20 for `b`, in points (mean +0.40). ' +
      'Some of these are smaller than the standard error of an accuracy on the validation images.',
  );
});

it('says whether a repeated trial is the same, and which one it repeats', () => {
  const record = fullRecord();
  const repeat = record.stages.find(({ kind }) => kind === 'repeat') as StageRecord;
  // The search's winner has its start's name, and is not the start's own trial.
  expect(plain(answer(record, repeat))).toMatch(
    /_search_03` trained again with the same seed: the best epoch’s weights are bit-identical; every loss and accuracy of the 90 epochs is bit-identical\.$/,
  );
  const [again] = repeat.trials as [TrialRecord];
  const lines = again.lines.map((line, index) =>
    index === 4 ? { ...line, val_loss: line.val_loss + 1e-9 } : line,
  );
  const differing = { ...repeat, trials: [{ ...again, lines, tensorsSha256: 'f'.repeat(64) }] };
  expect(plain(answer(record, differing))).toContain(
    'weights are not bit-identical; 1 of 90 epochs differs, the earliest epoch 5, by at most 1e−9 nats in a loss ' +
      'and 0 points in an accuracy; the best score differs by 0.00 points.',
  );
  const elsewhere = { ...differing, trials: [{ ...again, lines, environment: { intraOpThreads: '4' } }] };
  expect(answer(record, elsewhere)).toContain(
    'by 0.00 points. They were trained in different environments, which differ in: instructions, ',
  );
  const continued = {
    ...repeat,
    trials: [
      { ...again, earlierEnvironments: [{ untilStep: 9, values: { ...again.environment, driver: '1' } }] },
    ],
  };
  expect(plain(answer(record, continued))).toMatch(
    /is bit-identical\. They were trained in different environments, which differ in: driver\.$/,
  );
  const unknown = { ...repeat, trials: [{ ...again, tensorsSha256: null }] };
  expect(answer(record, unknown)).toContain('whether the weights are equal is not recorded');
});

it("gives the test's accuracy with its interval, beside the score that selected it", () => {
  expect(plain(testAnswer(fullRecord()))).toMatch(
    /classifies 88\.42 % \(95 % interval 87\.78 to 89\.03\) of 10,000 test images correctly\. That is/,
  );
  expect(testAnswer(ownRecord([]))).toBe('Not tested.');
  const record = fullRecord();
  const test = record.test as TestRecord;
  const supersedes = [{ trialKey: 'a'.repeat(64), images: 10_000, accuracy: 87, loss: 1 }];
  expect(plain(testAnswer({ ...record, test: { ...test, supersedes } }))).toMatch(
    /1 other trial had been tested on the same images \(87\.00 %\), so that this is not the first look/,
  );
});
