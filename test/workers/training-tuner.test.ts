import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TrainingBudget } from '../../activities/training-budget.ts';
import { trainingTuner } from '../../workers/training-tuner.ts';
import { openNamespace } from '../workflows/namespace.ts';

const TASK_QUEUE = 'tuned';

let temporal: Awaited<ReturnType<typeof openNamespace>>;
beforeAll(async () => {
  temporal = await openNamespace();
});
afterAll(() => temporal.close());

it('takes a task only while a core is free, and the next one as soon as only storing is left', async () => {
  const budget = new TrainingBudget({ cores: 2, memoryBytes: 1e9 });
  const begun: Training[] = [];
  const ended: string[] = [];
  const worker = await Worker.create({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue: TASK_QUEUE,
    tuner: trainingTuner(budget),
    activities: {
      async train(name: string) {
        const share = budget.share();
        await share.take({ cores: 1, memoryBytes: 1 }, Context.current().cancellationSignal);
        const training = { name, computed: gate(), stored: gate() };
        begun.push(training);
        await training.computed.opened;
        share.computed();
        await training.stored.opened;
        ended.push(name);
        share.end();
      },
    },
  });
  await worker.runUntil(async () => {
    const handles = await Promise.all(['a', 'b', 'c', 'd'].map(startTraining));
    await expect.poll(() => begun.length).toBe(2);
    expect(budget.trySlot()).toBe(false);

    begun[0]?.computed.open();
    await expect.poll(() => begun.length).toBe(3);
    expect(budget.trySlot()).toBe(false);
    expect(ended).toEqual([]);

    begun[1]?.computed.open();
    await expect.poll(() => begun.length).toBe(4);
    for (const { computed, stored } of begun) {
      computed.open();
      stored.open();
    }
    await Promise.all(handles.map((handle) => handle.result()));
  });
  expect(ended).toHaveLength(4);
});

// --- helpers ---

interface Training {
  name: string;
  computed: Gate;
  stored: Gate;
}

interface Gate {
  opened: Promise<void>;
  open: () => void;
}

function gate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function startTraining(name: string) {
  return temporal.client.activity.start('train', {
    id: `${name}-${randomUUID()}`,
    taskQueue: TASK_QUEUE,
    args: [name],
    startToCloseTimeout: '5 minutes',
  });
}
