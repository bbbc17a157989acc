import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { recordedHistories } from './histories.ts';
import { workflowsPath } from './namespace.ts';

it('replays every recorded history: studies that were started before this version go on', async () => {
  const histories = await recordedHistories();
  expect(histories.length).toBeGreaterThan(20);
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  for (const { name, history } of histories) {
    await Worker.runReplayHistory({ workflowBundle }, history, name.replaceAll('.', '/')).catch((cause) => {
      throw new Error(`history ${name} does not replay: ${cause.message}`, { cause });
    });
  }
});
