import { Worker } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';
import { recordedHistories } from './histories.ts';

const histories = recordedHistories();

it('has recorded histories', () => {
  expect(histories.length).toBeGreaterThan(20);
});

it.each(histories)(
  'replays $name: a study that was started before this version continues',
  async ({ name, history }) => {
    const workflowBundle = { codePath: inject('workflowBundle') };
    await Worker.runReplayHistory({ workflowBundle }, history, name.replaceAll('.', '/'));
  },
);
