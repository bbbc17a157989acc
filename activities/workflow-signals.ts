import { activityInfo, Context } from '@temporalio/activity';
import type { EpochLine } from '../study/trial/trial.ts';
import { SIGNALS } from '../temporal/names.ts';

/** Sent to a trial when epochs have ended. The Temporal UI shows the beginning of a signal's input in the history. */
export interface EpochsNotice {
  summary: string;
  /** Every epoch since the last notice, in order; at least one. */
  epochs: EpochLine[];
}

/**
 * Signals the activity's workflow how training proceeds. Each signal is an event of the workflow's history, and Temporal
 * takes 10,000 of them for a workflow; so the longer a trial has trained, the longer epochs are held back, and each signal
 * carries all of them. If a signal can't be sent, training continues.
 */
export function workflowSignals() {
  const { client, log } = Context.current();
  const { workflowExecution } = activityInfo();
  if (!workflowExecution)
    throw new Error('train: expected to be started by a workflow, got a standalone activity');
  const handle = client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId);
  const startedAt = Date.now();
  let started = false;
  let lastSent = 0;
  let held: EpochLine[] = [];
  let sending = Promise.resolve();

  const send = (name: string, ...args: unknown[]) => {
    sending = sending.then(() =>
      handle.signal(name, ...args).catch((error) => log.warn(`signal ${name} not sent`, { error })),
    );
  };
  const flush = () => {
    for (let index = 0; index < held.length; index += MOST_EPOCHS)
      send(SIGNALS.epochsEnded, noticeOf(held.slice(index, index + MOST_EPOCHS)));
    held = [];
    lastSent = Date.now();
  };

  return {
    started(): void {
      if (!started) send(SIGNALS.trainingStarted);
      started = true;
    },
    epochEnded(line: EpochLine): void {
      held.push(line);
      if (Date.now() - lastSent >= leastIntervalMs(Date.now() - startedAt)) flush();
    },
    /** Sends the epochs held back, and waits until all signals are sent. */
    async sent(): Promise<void> {
      flush();
      await sending;
    },
  };
}

/** Least time between two signals. In 30 days of epochs that take less, there are 4,000 signals. */
export function leastIntervalMs(elapsedMs: number): number {
  return Math.max(3_000, elapsedMs / 500);
}

// --- helpers ---

/** In a signal, which may have 2 MB: an epoch takes 200 bytes. */
const MOST_EPOCHS = 2_000;

/** The Temporal UI shows the beginning of a signal's input in the workflow's history. */
function noticeOf(epochs: EpochLine[]): EpochsNotice {
  const last = epochs.at(-1) as EpochLine;
  return { summary: `epoch ${last.epoch}: validation accuracy ${last.val_accuracy.toFixed(2)} %`, epochs };
}
