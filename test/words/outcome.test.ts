import { expect, it } from 'vitest';
import type { TrialStanding } from '../../study/record/record.ts';
import { endAsVerb, rankInWords, standingInWords } from '../../words/outcome.ts';

const trained: TrialStanding = {
  name: 'MLP',
  trialKey: 'a'.repeat(64),
  status: 'trained',
  outcome: 'completed',
  score: 51.234,
  bestEpoch: 2,
  reused: false,
  takenOver: false,
  of: null,
  suggestion: null,
  override: null,
  message: null,
};
const failed = { score: null, bestEpoch: null };

it.each<[string, Partial<TrialStanding>]>([
  ['51.23 % (epoch 2)', {}],
  ['51.23 % (epoch 2), from the store', { reused: true }],
  ['51.23 % (epoch 2), taken over', { reused: true, takenOver: true }],
  [
    '51.23 % (epoch 2), changed on retry: batchSize 16, schedule {"kind":"constant"}',
    { override: { batchSize: 16, schedule: { kind: 'constant' } } },
  ],
  ['diverged', { ...failed, outcome: 'diverged' }],
  [
    'diverged: train_loss became NaN in epoch 1',
    { ...failed, outcome: 'diverged', message: 'train_loss became NaN in epoch 1' },
  ],
  [
    'out of memory, from the store: OOM when allocating',
    { ...failed, outcome: 'outOfMemory', reused: true, message: 'OOM when allocating' },
  ],
  ['out of memory', { ...failed, outcome: 'outOfMemory' }],
  ['skipped', { ...failed, status: 'skipped', outcome: null }],
  [
    'stopped at epoch 4 with 43.20 %',
    { ...failed, status: 'stopped', outcome: null, stopped: { epoch: 4, score: 43.2 } },
  ],
])('writes a standing as: %s', (text, change) => {
  expect(standingInWords({ ...trained, ...change })).toBe(text);
});

it.each<[string, Partial<TrialStanding>, number]>([
  ['was skipped', { status: 'skipped', outcome: null }, 1],
  ['were skipped', { status: 'skipped', outcome: null }, 2],
  ['ran out of memory', { outcome: 'outOfMemory' }, 2],
  ['were stopped early', { status: 'stopped', outcome: null }, 2],
])('says that trials %s', (text, change, trials) => {
  expect(endAsVerb({ ...trained, ...change }, trials)).toBe(text);
});

it('gives a rank only to a trial that has a score', () => {
  expect(rankInWords({ score: 40 }, 1)).toBe('2');
  expect(rankInWords({ score: null }, 1)).toBe('–');
});
