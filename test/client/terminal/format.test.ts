import { expect, it, vi } from 'vitest';
import type { StudyView } from '../../../client/observe/observe-study.ts';
import type { TrialView } from '../../../client/observe/view-trial.ts';
import {
  describeDataset,
  describeEarlyEnd,
  describeEvaluations,
  describeFailedAttempt,
  describeProgress,
} from '../../../client/terminal/format.ts';
import { table } from '../../../client/terminal/text.ts';
import { standingInWords } from '../../../words/outcome.ts';
import {
  cancelled,
  drawn,
  ended,
  failedAttempt,
  line,
  parked,
  queued,
  stageView,
  training,
  viewOf,
} from '../views.ts';

const runAgain = [
  'To run it again: npx staged-study run STUDY --profile demo',
  'STUDY is its name, or its file. Trials that have results are not trained again; the others resume from their checkpoints.',
];

it('says where the images come from, and shouts if they are generated', () => {
  const of = (kind: 'official' | 'other' | 'generated', source?: string) => {
    const { dataset } = viewOf([]);
    return describeDataset(
      viewOf([], { dataset: dataset && { ...dataset, origin: { kind, source } as never } }),
    );
  };
  expect(of('official')).toBe('data set: 2,000 training and 500 test images: CIFAR-10');
  expect(of('other', '/data/mini.tar.gz')).toMatch(
    /an archive other than the official one \(\/data\/mini.tar.gz\)/,
  );
  expect(of('generated')).toMatch(/GENERATED images, not CIFAR-10/);
});

it('says how many images a profile uses, if it does not use all', () => {
  const { dataset } = viewOf([]);
  const all = dataset && { ...dataset, trainImages: 50_000, testImages: 10_000 };
  expect(describeDataset(viewOf([], { dataset: all }))).toBe(
    'data set: 2,000 of 50,000 training and 500 of 10,000 test images: CIFAR-10',
  );
});

it('describes the preparation of a data set, and its failure', () => {
  const withoutData = (change: Partial<StudyView>) =>
    describeDataset(viewOf([], { dataset: null, ...change }));
  expect(withoutData({})).toBe('data set: being prepared');
  const doing = 'fetching https://example.org/cifar.tar.gz';
  expect(withoutData({ datasetProgress: { doing } })).toBe(`data set: ${doing}`);
  expect(withoutData({ datasetProgress: { doing, doneBytes: 34_500_000, totalBytes: 170_498_071 } })).toBe(
    `data set: ${doing}: 34.5 of 170.5 MB`,
  );
  const counted = { doing: 'preparing signs', doneExamples: 1200, totalExamples: 20_000 };
  expect(withoutData({ datasetProgress: counted })).toBe(
    'data set: preparing signs: 1,200 of 20,000 examples',
  );
  expect(withoutData({ workflowStatus: 'FAILED' })).toBe('data set: could not be prepared');
});

it.each<[string, TrialView, string]>([
  ['is queued', queued('MLP'), 'queued'],
  [
    'trains',
    training('MLP'),
    'epoch 2 of 3, step 40 of 50, 1,235 images/s, loss 1.2346, train 30.00 %, val 25.50 % after epoch 1, 3 min 20 s left',
  ],
  ['loads', { ...queued('MLP'), state: 'training' }, 'epoch 1 of 3'],
  [
    'evaluates',
    inStep(50),
    'epoch 2 of 3, evaluating, 1,235 images/s, loss 1.2346, train 30.00 %, val 25.50 % after epoch 1, 3 min 20 s left',
  ],
  [
    'has reported no step',
    { ...training('MLP'), progress: undefined },
    'epoch 2 of 3, 130 images/s, val 25.50 % after epoch 1, 25 s left',
  ],
  [
    'has ended an epoch since its last step was reported',
    { ...training('MLP'), lastLine: { ...line, epoch: 2 } },
    'epoch 3 of 3, 1,235 images/s, val 25.50 % after epoch 2, 3 min 20 s left',
  ],
  [
    'continues after a failure',
    { ...training('MLP'), progress: undefined, lastLine: null, failedAttempt: failedAttempt(null) },
    'epoch 1 of 3, attempt 2, attempt 1 failed: the trainer was killed by SIGKILL',
  ],
  [
    'waits for a worker after a failure',
    { ...training('MLP'), failedAttempt: { ...failedAttempt(null), isNextUnderWay: false } },
    'attempt 1 failed: the trainer was killed by SIGKILL; attempt 2 waits for a free worker',
  ],
  ['waits for a person', parked('MLP'), 'needs attention: the GPU is gone'],
  ['was cancelled', cancelled('MLP'), 'cancelled after epoch 1 of 3, val 25.50 %'],
  [
    'was cancelled at once',
    { ...cancelled('MLP'), lastLine: null },
    'cancelled before its first epoch had ended',
  ],
  ['was drawn by a search', drawn(queued('MLP')), 'queued, lr 0.003162, batch 64, 20\u00a0epochs'],
])('describes a trial that %s', (_what, trial, text) => {
  expect(describeProgress(trial)).toBe(text);
});

it.each([
  [
    160,
    'epoch 2 of 3, step 40 of 50, 1,235 images/s, loss 1.2346, train 30.00 %, val 25.50 % after epoch 1, 3 min 20 s left, lr 0.003162, batch 64, 20\u00a0epochs',
  ],
  [
    110,
    'epoch 2 of 3, train 30.00 %, val 25.50 % after epoch 1, 3 min 20 s left, lr 0.003162, batch 64, 20\u00a0epochs',
  ],
  [80, 'epoch 2 of 3, train 30.00 %, val 25.50 % after epoch 1, 3 min 20 s left'],
  [50, 'epoch 2 of 3, val 25.50 %, 3 min 20 s left'],
  [10, 'epoch 2 of 3, val 25.50 %, 3 min 20 s left'],
])('keeps accuracy and time left in a line of %i characters, and drops the speed first', (width, text) => {
  expect(describeProgress(drawn(training('MLP')), width)).toBe(text);
});

it('counts the evaluations of a search that have ended, of all that are planned', () => {
  const start = ended('start', 40);
  const trials = [start, drawn(ended('a', 40)), drawn(ended('b', null)), drawn(queued('c'))];
  expect(describeEvaluations(stageView(trials, { kind: 'search', evaluations: 30 }))).toBe(
    '2 of 30\u00a0evaluations ended',
  );
  expect(describeEvaluations(stageView([start]))).toBeUndefined();
});

it.each<[Partial<StudyView>, string[]]>([
  [{ workflowStatus: 'RUNNING' }, []],
  [{ workflowStatus: 'COMPLETED' }, []],
  [{ workflowStatus: 'CANCELLED' }, ['cancelled', ...runAgain]],
  [{ workflowStatus: 'FAILED', failure: 'no archive' }, ['failed: no archive', ...runAgain]],
  [{ workflowStatus: 'TIMED_OUT' }, ['timed out', ...runAgain]],
])('says how a study ended that did not complete, and what to do', (change, lines) => {
  expect(describeEarlyEnd(viewOf([], change))).toEqual(lines);
});

it('says when a failed trial is retried, without the progress of the failed attempt', () => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  const waits = { ...training('MLP'), failedAttempt: failedAttempt('2026-01-01T00:00:03.600Z') };
  expect(describeProgress(waits)).toBe(
    'attempt 1 failed: the trainer was killed by SIGKILL; attempt 2 in 4 s',
  );
  vi.useRealTimers();
});

it('shortens a long reason if a line has to hold more', () => {
  const long = {
    attempt: 2,
    failure: `no ${'x'.repeat(100)}\n  at somewhere; try again`,
    nextAt: null,
    isNextUnderWay: true,
  };
  expect(describeFailedAttempt(long, 20)).toBe(
    `attempt 2 failed: no ${'x'.repeat(17)}…; attempt 3 is running`,
  );
  expect(describeFailedAttempt(long)).toBe(
    `attempt 2 failed: no ${'x'.repeat(100)} at somewhere; try again; attempt 3 is running`,
  );
});

it('describes how a trial ended', () => {
  const standing = (view: TrialView) => standingInWords(view.standing as NonNullable<TrialView['standing']>);
  expect(standing(ended('MLP', 51.234))).toBe('51.23 % (epoch 2)');
  expect(standing(ended('MLP', 51, true))).toBe('51.00 % (epoch 2), from the store');
  expect(standing(ended('MLP', null))).toBe('diverged');
});

it('makes columns as wide as their widest cell, without trailing spaces', () => {
  expect(
    table(
      ['study', 'test'],
      [
        ['a', '1.00 %'],
        ['cifar10-demo-1', ''],
      ],
    ),
  ).toBe('study           test\na               1.00 %\ncifar10-demo-1');
  expect(table(['study'], [])).toBe('study');
});

// --- helpers ---

function inStep(step: number): TrialView {
  const trial = training('MLP');
  return { ...trial, progress: trial.progress && { ...trial.progress, step } };
}
