import { stripVTControlCharacters } from 'node:util';
import { expect, it, vi } from 'vitest';
import type { StudyView } from '../../../client/observe/observe-study.ts';
import { studyView } from '../../../client/terminal/study-view.ts';
import { ended, failedAttempt, parked, queued, stageView, training, viewOf } from '../views.ts';

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

it('shows stages, leaderboards, what trains, and what waits', () => {
  expect(stripVTControlCharacters(studyView(view, 200)).split('\n')).toEqual([
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

it('has a line for what has ended where it is brief', () => {
  const lines = stripVTControlCharacters(studyView(view, 200, { brief: true })).split('\n');
  expect(lines.slice(2, 5)).toEqual(['dense  relu_div4 52.00 % of 2', '', 'cnn  How far?']);
});

it('tells what to type for what waits', () => {
  const attention = [{ id: 'mine/cnn/parked', name: 'parked', kind: 'trial' as const, failure: 'gone' }];
  const text = stripVTControlCharacters(studyView({ ...view, attention }, 200));
  expect(text).toContain('mine/cnn/parked needs attention: gone\n  npx staged-study retry mine parked\n');
  expect(text).toContain('npx staged-study skip mine parked');
});

it('shows the test under way, then its result', () => {
  const test = stageView([], { name: 'test', kind: 'test', question: 'How good?' });
  expect(studyView(viewOf([test]), 100)).toContain('\n  testing');
  const score = { images: 500, accuracy: 51.2, loss: 1.4 };
  const tested = studyView(viewOf([{ ...test, state: 'done' }], { test: score }), 100);
  expect(stripVTControlCharacters(tested)).toContain('  51.20 % of 500 test images');
});

it('shows what failed and when it is tried again, and why a study failed', () => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
  const retried = { ...training('trains'), failedAttempt: failedAttempt('2026-01-01T00:00:04Z') };
  const ofStudy = { ...failedAttempt(null), of: 'final test' };
  const text = stripVTControlCharacters(
    studyView(viewOf([stageView([retried])], { failedAttempt: ofStudy }), 200),
  );
  vi.useRealTimers();
  const what = 'attempt 1 failed: the trainer was killed by SIGKILL; attempt 2';
  expect(text).toContain(`\nfinal test: ${what} is under way\n`);
  expect(text).toContain(`\n   ·  trains  ${what} in 4 s`);

  const failed = viewOf([], { workflowStatus: 'FAILED', dataset: null, failure: 'no archive' });
  expect(stripVTControlCharacters(studyView(failed, 200))).toBe(
    'My study: mine, profile demo\ndata set: none could be had\nfailed: no archive',
  );
});

it('fits the width, whatever its colours, so that redrawing finds its lines', () => {
  vi.stubEnv('FORCE_COLOR', '1');
  const lines = studyView(view, 30).split('\n');
  vi.unstubAllEnvs();
  expect(lines.join('')).toContain('\u001b[');
  for (const line of lines) {
    const visible = stripVTControlCharacters(line);
    expect(visible.length).toBeLessThanOrEqual(30);
    // A colour that is cut off must not run on.
    if (visible.endsWith('…')) expect(line.endsWith('\u001b[0m')).toBe(true);
  }
  expect(stripVTControlCharacters(lines[1] as string)).toBe('data set: 2,000 training and …');
});
