import { expect, it } from 'vitest';
import type { StageView, StudyView } from '../../../client/observe/observe-study.ts';
import type { TrialView } from '../../../client/observe/view-trial.ts';
import { eventLines } from '../../../client/terminal/event-lines.ts';
import { waitsForPerson } from '../../../client/terminal/watch-study.ts';
import {
  cancelled,
  drawn,
  ended,
  failedAttempt,
  parked,
  queued,
  stageView,
  training,
  viewOf,
} from '../views.ts';

const waiting = stageView([], { name: 'test', kind: 'test', question: 'How good?', state: 'waiting' });

it('prints everything once, when it happens', () => {
  const doing = 'fetching https://example.org/cifar.tar.gz';
  const looks: StudyView[] = [
    viewOf([stageView([], { state: 'waiting' }), waiting], { dataset: null }),
    viewOf([], { dataset: null, datasetProgress: { doing } }),
    viewOf([], { dataset: null, datasetProgress: { doing, doneBytes: 1e6 } }),
    viewOf([], {
      dataset: null,
      failedAttempt: { ...failedAttempt(null), failure: 'HTTP status 500', of: 'data set' },
    }),
    viewOf([stageView([queued('MLP'), ended('div4', 52, true)]), waiting]),
    viewOf([stageView([{ ...queued('MLP'), state: 'training' }, ended('div4', 52, true)]), waiting]),
    viewOf([stageView([training('MLP'), ended('div4', 52, true)]), waiting]),
    viewOf([
      stageView([{ ...training('MLP'), failedAttempt: failedAttempt(null) }, ended('div4', 52, true)]),
      waiting,
    ]),
    viewOf([
      stageView([
        { ...training('MLP'), failedAttempt: { ...failedAttempt(null), attempt: 2 } },
        ended('div4', 52, true),
      ]),
      waiting,
    ]),
    viewOf([stageView([parked('MLP'), ended('div4', 52, true)]), waiting]),
    viewOf(
      [
        stageView([ended('MLP', 48), ended('div4', 52, true)], {
          state: 'done',
          winner: { ...ended('div4', 52).standing, score: 52 } as never,
        }),
        { ...waiting, state: 'done' },
      ],
      { test: { images: 500, accuracy: 51.2, loss: 1.4 } },
    ),
  ];
  const told = looks.map((look, index) => [
    ...eventLines(looks[index - 1], look),
    // A second look at the same view adds nothing.
    ...eventLines(look, look),
  ]);
  expect(told).toEqual([
    ['My study: mine, profile demo'],
    [`data set: ${doing}`],
    [],
    ['data set: attempt 1 failed: HTTP status 500; attempt 2 is running'],
    [
      'data set: 2,000 training and 500 test images: CIFAR-10',
      'stage dense: How far?',
      '  div4: 52.00 % (epoch 2), from the store',
    ],
    ['  MLP: training'],
    [
      '  MLP: epoch 1 of 3: train loss 2.1000, accuracy 22.00 %; val loss 2.0500, accuracy 25.50 %; 12.3 s, 1,235 images/s, 3 min 20 s left',
    ],
    [
      '  MLP: attempt 1 failed: the trainer was killed by SIGKILL; the next attempt resumes from the newest checkpoint. ' +
        'The end of its output: (nothing); attempt 2 is running',
    ],
    ['  MLP: attempt 2 failed: same reason as before; attempt 3 is running'],
    ['  MLP: needs attention: the GPU is gone'],
    [
      '  MLP: 48.00 % (epoch 2)',
      'stage dense: winner div4, 52.00 %',
      'stage test: How good?',
      'test: 51.20 % of 500 images',
    ],
  ]);
});

it('prints everything that has happened at the first look at a running study', () => {
  const view = viewOf([stageView([ended('div4', 52), training('MLP')])]);
  expect(eventLines(undefined, view).map((line) => line.slice(0, 16))).toEqual([
    'My study: mine, ',
    'data set: 2,000 ',
    'stage dense: How',
    '  div4: 52.00 % ',
    '  MLP: epoch 1 o',
  ]);
});

it('prints what a search drew and how many evaluations have ended, and that a trial was cancelled', () => {
  const search = (trials: TrialView[]) => viewOf([stageView(trials, { kind: 'search', evaluations: 30 })]);
  const looks = [
    search([drawn(queued('a'))]),
    search([drawn({ ...queued('a'), state: 'training' })]),
    search([drawn(ended('a', 40)), drawn(cancelled('b'))]),
  ];
  const printed = looks.slice(1).map((look, index) => eventLines(looks[index], look));
  expect(printed.flat().map((line) => line.replaceAll('\u00a0', ' '))).toEqual([
    '  a (lr 0.003162, batch 64, 20 epochs): training',
    '  a (lr 0.003162, batch 64, 20 epochs): 40.00 % (epoch 2)',
    '  b (lr 0.003162, batch 64, 20 epochs): cancelled after epoch 1 of 3, val 25.50 %',
    '  1 of 30 evaluations ended',
  ]);
});

it('names the stage of every trial once a side experiment runs beside another stage', () => {
  const beside = (trials: TrialView[]) =>
    stageView(trials, { name: 'leakage', kind: 'variant', question: 'What leaks?' });
  const search = (trials: TrialView[]) =>
    stageView(trials, { name: 'search', kind: 'search', evaluations: 2 });
  const looks = [
    viewOf([search([drawn(queued('a'))]), { ...beside([]), state: 'waiting' as const }]),
    viewOf([search([{ ...queued('a'), state: 'training' }]), { ...beside([]), state: 'waiting' as const }]),
    viewOf([search([drawn(ended('a', 40))]), beside([{ ...queued('MLP_leakage'), state: 'training' }])]),
    viewOf([search([drawn(ended('a', 40)), training('b')]), beside([ended('MLP_leakage', 30)])]),
  ];
  const printed = looks.slice(1).map((look, index) => eventLines(looks[index], look));
  expect(printed.flat().map((line) => line.replaceAll('\u00a0', ' '))).toEqual([
    '  a: training',
    '  a (lr 0.003162, batch 64, 20 epochs): 40.00 % (epoch 2)',
    '  1 of 2 evaluations ended',
    'side experiment leakage: What leaks?',
    '  MLP_leakage: training',
    expect.stringMatching(/^ {2}search\/b: epoch 1 of 3: /),
    '  leakage/MLP_leakage: 30.00 % (epoch 2)',
  ]);
});

it('waits for a person only if everything that is left does', () => {
  const attention = [{ id: 'mine/dense/a', name: 'a', kind: 'trial' as const, failure: 'gone' }];
  expect(waitsForPerson(viewOf([stageView([parked('a'), ended('b', 5)]), waiting], { attention }))).toBe(
    true,
  );
  expect(waitsForPerson(viewOf([stageView([parked('a'), training('b')])], { attention }))).toBe(false);
  expect(waitsForPerson(viewOf([stageView([ended('a', 5)])]))).toBe(false);
  expect(waitsForPerson(viewOf([waiting]))).toBe(false);
});

it('does not wait for a person between two evaluations of a search', () => {
  const attention = [{ id: 'mine/search/a', name: 'a', kind: 'trial' as const, failure: 'gone' }];
  const search = (evaluations: number) =>
    stageView([drawn(parked('a')), drawn(ended('b', 5))], { name: 'search', kind: 'search', evaluations });
  expect(waitsForPerson(viewOf([search(3)], { attention }))).toBe(false);
  expect(waitsForPerson(viewOf([search(2)], { attention }))).toBe(true);
});

it('waits for a person when it is paused and its trainers have stopped', () => {
  const paused = { ...queued('a'), state: 'paused' as const };
  expect(waitsForPerson(viewOf([stageView([training('a')])], { isPaused: true }))).toBe(false);
  expect(waitsForPerson(viewOf([stageView([paused])], { isPaused: true }))).toBe(true);
  const look = viewOf([stageView([paused])], { isPaused: true });
  expect(eventLines(viewOf([stageView([training('a')])]), look)).toEqual([
    'paused: nothing trains; to continue: npx staged-study resume mine',
  ]);
  expect(eventLines(look, viewOf([stageView([queued('a')])]))).toEqual(['resumed']);
});

it('does not wait for a person while a side experiment does and the main line continues', () => {
  const attention = [{ id: 'mine/leakage/a', name: 'a', kind: 'trial' as const, failure: 'gone' }];
  const beside = stageView([parked('a')], { name: 'leakage', kind: 'variant' });
  const next = stageView([], { name: 'cnn' });
  const ofMainLine: StageView[][] = [
    [stageView([training('b')])],
    // Its workflow has not answered yet.
    [next],
    // Between two stages.
    [stageView([ended('b', 5)], { state: 'done' }), { ...next, state: 'waiting' }],
    [{ ...waiting, state: 'running' }],
  ];
  for (const stages of ofMainLine)
    expect(waitsForPerson(viewOf([...stages, beside], { attention }))).toBe(false);
  const parkedToo = [...attention, { ...attention[0]!, id: 'mine/dense/b', name: 'b' }];
  expect(waitsForPerson(viewOf([stageView([parked('b')]), next, beside], { attention: parkedToo }))).toBe(
    false,
  );
  const rest = [{ ...next, state: 'waiting' as const }, beside];
  expect(waitsForPerson(viewOf([stageView([parked('b')]), ...rest], { attention: parkedToo }))).toBe(true);
  const tested = { ...waiting, state: 'done' as const };
  expect(waitsForPerson(viewOf([tested, beside], { attention }))).toBe(true);
});
