import { expect, it } from 'vitest';
import { describeDataset, describeProgress, describeStanding, leaderboard } from '../../client/format.ts';
import type { TrialView } from '../../client/observe-study.ts';
import { table } from '../../client/table.ts';
import { ended, parked, queued, stageView, training, viewOf } from './views.ts';

it('says where the images come from, and loudly where they are not real', () => {
  const of = (kind: 'official' | 'other' | 'generated', source?: string) => {
    const { dataset } = viewOf([]);
    return describeDataset(
      viewOf([], { dataset: dataset && { ...dataset, origin: { kind, source } as never } }),
    );
  };
  expect(of('official')).toBe('data set: 2000 training and 500 test images: CIFAR-10');
  expect(of('other', '/data/mini.tar.gz')).toMatch(
    /another archive than the official one \(\/data\/mini.tar.gz\)/,
  );
  expect(of('generated')).toMatch(/GENERATED images, not CIFAR-10/);
  expect(describeDataset(viewOf([], { dataset: null }))).toBe('data set: being prepared');
});

it.each<[string, TrialView, string]>([
  ['is queued', queued('MLP'), 'queued'],
  [
    'trains',
    training('MLP'),
    'epoch 2 of 3, step 40 of 50, 1235 images/s, loss 1.2346, train 30.00 %, val 25.50 % after epoch 1, 3 min 20 s left',
  ],
  ['loads', { ...queued('MLP'), state: 'training' }, 'epoch 1 of 3'],
  ['evaluates', { ...training('MLP'), progress: undefined }, 'epoch 2 of 3, val 25.50 % after epoch 1'],
  ['waits for a person', parked('MLP'), 'needs attention: the GPU is gone'],
])('says what a trial does that %s', (_what, trial, text) => {
  expect(describeProgress(trial)).toBe(text);
});

it('says how a trial has ended', () => {
  const standing = (view: TrialView) => describeStanding(view.standing as NonNullable<TrialView['standing']>);
  expect(standing(ended('MLP', 51.234))).toBe('51.23 % (epoch 2)');
  expect(standing(ended('MLP', 51, true))).toBe('51.00 % (epoch 2), from the store');
  expect(standing(ended('MLP', null))).toBe('diverged');
});

it('ranks what has ended, best first and ties by order, before what has not', () => {
  const stage = stageView([
    queued('q'),
    ended('low', 40),
    ended('bad', null),
    ended('high', 50),
    ended('tie', 50),
  ]);
  expect(leaderboard(stage).map(({ name }) => name)).toEqual(['high', 'tie', 'low', 'bad', 'q']);
});

it('makes columns as wide as their widest cell, without spaces at the end', () => {
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
