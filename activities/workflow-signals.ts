import { activityInfo, Context } from '@temporalio/activity';
import { bestEpoch, type EpochLine } from '../study/trial/trial.ts';
import { SIGNALS } from '../temporal/names.ts';

/** Least time between two signals about epochs, each of which adds an event to the workflow's history. */
const MIN_INTERVAL_MS = 3_000;

/** Signals the activity's workflow how training proceeds. If a signal can't be sent, training continues. */
export function workflowSignals() {
  const { client, log } = Context.current();
  const { workflowExecution } = activityInfo();
  if (!workflowExecution)
    throw new Error('train: expected to be started by a workflow, got a standalone activity');
  const handle = client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId);
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
    // Of several epochs, the workflow needs the last and the best.
    for (const line of new Set([bestEpoch(held), held.at(-1)]))
      if (line) send(SIGNALS.epochEnded, withSummary(line));
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
      if (Date.now() - lastSent >= MIN_INTERVAL_MS) flush();
    },
    /** Sends the epochs held back, and waits until all signals are sent. */
    async sent(): Promise<void> {
      flush();
      await sending;
    },
  };
}

// --- helpers ---

/** The Temporal UI shows the beginning of a signal's input in the workflow's history. */
function withSummary(line: EpochLine): EpochLine & { summary: string } {
  return { summary: `epoch ${line.epoch}: validation accuracy ${line.val_accuracy.toFixed(2)} %`, ...line };
}
