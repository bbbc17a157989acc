import { stripVTControlCharacters } from 'node:util';
import { expect, it, vi } from 'vitest';
import type { StudyView } from '../../../client/observe/observe-study.ts';
import { studyScreen } from '../../../client/terminal/screen.ts';
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

const winner = { ...ended('relu_div4', 52).standing, score: 52 } as NonNullable<
  StudyView['stages'][number]['winner']
>;
const view = viewOf([
  stageView([ended('MLP', 48), ended('relu_div4', 52)], { state: 'done', winner }),
  stageView(
    [
      queued('waits'),
      training('trains'),
      { ...parked('parked'), failure: 'the GPU\n  is gone' },
      ended('ended', 60),
    ],
    { name: 'cnn' },
  ),
  stageView([], { name: 'test', kind: 'test', question: 'How good?', state: 'waiting' }),
]);

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: the escape character begins a colour's sequence
const CODES = /\u001b\[\d+m/g;
/** The end of bold and dim, and of red and green. */
const RESET = /\u001b\[(22|39)m/;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above

it('shows stages, leaderboards, running trials and waiting ones', () => {
  expect(stripVTControlCharacters(studyScreen(view, 200)).split('\n')).toEqual([
    'My study: mine, profile demo',
    'data set: 2,000 training and 500 test images: CIFAR-10',
    '',
    'dense  How far?',
    '   1  relu_div4  52.00 % (epoch 2)  winner',
    '   2  MLP        48.00 % (epoch 2)',
    '',
    'cnn  How far?',
    '   1  ended   60.00 % (epoch 2)',
    '   ·  waits   queued',
    expect.stringMatching(/^ {3}· {2}trains {2}epoch 2 of 3, step 40 of 50, .* 3 min 20 s left$/),
    '   ·  parked  needs attention: the GPU is gone',
    'test  How good?',
  ]);
});

it('shows one line for a stage that has ended, if it is brief', () => {
  const lines = stripVTControlCharacters(studyScreen(view, 200, { brief: true })).split('\n');
  expect(lines.slice(2, 5)).toEqual(['dense  relu_div4 52.00 %, best of 2\u00a0trials', '', 'cnn  How far?']);
});

it('ranks the trials of the main line, and names a side experiment that runs beside it, if it is brief', () => {
  const beside = stageView([ended('a_leakage', 20), training('b_leakage'), queued('c_leakage')], {
    name: 'leakage',
    kind: 'variant',
  });
  const linesOf = (study: StudyView) =>
    stripVTControlCharacters(studyScreen(study, 200, { brief: true }))
      .replaceAll('\u00a0', ' ')
      .split('\n');
  expect(linesOf(viewOf([stageView([ended('MLP', 48)]), beside])).slice(2)).toEqual([
    '',
    'dense  How far?',
    '   1  MLP  48.00 % (epoch 2)',
    'leakage  beside: 1 of 3 trials ended, training b_leakage',
  ]);
  const alone = linesOf(viewOf([stageView([ended('MLP', 48)], { state: 'done', winner }), beside]));
  expect(alone).toContain('   1  a_leakage  20.00 % (epoch 2)');
  expect(alone).toContain('   ·  c_leakage  queued');
});

it('ranks no trial without a score, and says why it has none', () => {
  const diverged = ended('bad', null);
  const trials = [{ ...diverged, standing: diverged.standing && { ...diverged.standing, message: 'NaN' } }];
  const lines = screenLines(viewOf([stageView([...trials, ended('good', 40)])]), 200);
  expect(lines.slice(-2)).toEqual(['   1  good  40.00 % (epoch 2)', '   –  bad   diverged: NaN']);
});

it('shows what a search drew, and how many evaluations have ended', () => {
  const stage = stageView([ended('start', 50), drawn(ended('a', 40)), drawn(queued('b'))], {
    kind: 'search',
    evaluations: 30,
  });
  expect(screenLines(viewOf([stage]), 200).slice(3)).toEqual([
    'dense  How far?',
    '  1 of 30 evaluations ended',
    '   1  start  50.00 % (epoch 2)',
    '   2  a      40.00 % (epoch 2)  lr 0.003162, batch 64, 20 epochs',
    '   ·  b      queued, lr 0.003162, batch 64, 20 epochs',
  ]);
});

it.each([80, 110, 160])('keeps accuracy and time left at %i columns', (columns) => {
  const [line = ''] = screenLines(viewOf([stageView([training('relu_div4_dropout_0.2')])]), columns).slice(
    -1,
  );
  expect(line.length).toBeLessThanOrEqual(columns);
  expect(line).toMatch(/epoch 2 of 3,.* val 25\.50 %.* 3 min 20 s left/);
  expect(line.includes('images/s')).toBe(columns === 160);
});

it('says that a study is cancelled and what to do, and shows no time left', () => {
  const stages = [
    stageView([ended('MLP', 48), cancelled('wide')], { state: 'cancelled' }),
    stageView([], { name: 'cnn', state: 'waiting' }),
    stageView([], { name: 'test', kind: 'test', question: 'How good?', state: 'cancelled' }),
  ];
  expect(screenLines(viewOf(stages, { workflowStatus: 'CANCELLED' }), 200).slice(2)).toEqual([
    'cancelled',
    'To run it again: npx staged-study run STUDY --profile demo',
    'STUDY is its name, or its file. Trials that have results are not trained again; the others resume from their checkpoints.',
    '',
    'dense  How far?',
    '   1  MLP   48.00 % (epoch 2)',
    '   ·  wide  cancelled after epoch 1 of 3, val 25.50 %',
    'cnn  How far?  (not started)',
    '',
    'test  How good?',
    '  no result',
  ]);
});

it('prints the commands for what needs attention', () => {
  const attention = [{ id: 'mine/cnn/parked', name: 'parked', kind: 'trial' as const, failure: 'gone' }];
  const text = stripVTControlCharacters(studyScreen({ ...view, attention }, 200));
  expect(text).toContain('mine/cnn/parked needs attention: gone\n  npx staged-study retry mine parked\n');
  expect(text).toContain('npx staged-study skip mine parked');
});

it('shows the running test, then its result', () => {
  const test = stageView([], { name: 'test', kind: 'test', question: 'How good?' });
  expect(studyScreen(viewOf([test]), 100)).toContain('\n  testing');
  const score = { images: 500, accuracy: 51.2, loss: 1.4 };
  const tested = studyScreen(viewOf([{ ...test, state: 'done' }], { test: score }), 100);
  expect(stripVTControlCharacters(tested)).toContain('  51.20 % of 500 test images');
});

it('shows what failed, when it is retried, and why a study failed', () => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  const retried = { ...training('trains'), failedAttempt: failedAttempt('2026-01-01T00:00:04Z') };
  const ofStudy = { ...failedAttempt(null), of: 'final test' };
  const text = stripVTControlCharacters(
    studyScreen(viewOf([stageView([retried])], { failedAttempt: ofStudy }), 200),
  );
  vi.useRealTimers();
  const what = 'attempt 1 failed: the trainer was killed by SIGKILL; attempt 2';
  expect(text).toContain(`\nfinal test: ${what} is running\n`);
  expect(text).toContain(`\n   ·  trains  ${what} in 4 s`);

  const failed = viewOf([], { workflowStatus: 'FAILED', dataset: null, failure: 'no archive' });
  expect(stripVTControlCharacters(studyScreen(failed, 200))).toBe(
    'My study: mine, profile demo\ndata set: could not be prepared\nfailed: no archive\n' +
      'To run it again: npx staged-study run STUDY --profile demo\n' +
      'STUDY is its name, or its file. Trials that have results are not trained again; the others resume from their checkpoints.',
  );
});

it('fits the width whatever its colours: a wrapped line would spoil the redrawing', () => {
  vi.stubEnv('FORCE_COLOR', '1');
  const lines = studyScreen(view, 30).split('\n');
  vi.unstubAllEnvs();
  expect(lines.join('')).toContain('\u001b[');
  for (const line of lines) {
    expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(30);
    // A colour must not run on into the next line: a line's last code is a reset.
    const last = line.match(CODES)?.at(-1);
    if (last !== undefined) expect(last).toMatch(RESET);
  }
  expect(stripVTControlCharacters(lines[1] as string)).toBe('data set: 2,000 training and …');
});

// --- helpers ---

function screenLines(study: StudyView, columns: number): string[] {
  return stripVTControlCharacters(studyScreen(study, columns)).replaceAll('\u00a0', ' ').split('\n');
}
