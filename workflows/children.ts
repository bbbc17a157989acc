import {
  CancellationScope,
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  type Workflow,
  WorkflowIdReusePolicy,
  type WithWorkflowArgs,
  type WorkflowResultType,
} from '@temporalio/workflow';
import { type Pause, pauseSignal } from './pause.ts';

/** A child workflow that has started. */
export interface StartedChild<T extends Workflow> {
  /**
   * Waits for the child's end, also if the current scope is cancelled, which cancels the child.
   *
   * @throws {ChildWorkflowFailure} if it doesn't complete.
   */
  result(): Promise<WorkflowResultType<T>>;
}

/** The children of a workflow. None starts while the study is paused. */
export class Children {
  readonly #pause: Pause;
  readonly #running = new Set<ChildWorkflowHandle<Workflow>>();

  constructor(pause: Pause) {
    this.#pause = pause;
  }

  /**
   * Starts a child. A workflow that still has its id, from before its study was reset, is terminated: its trainer stops, and
   * the new one continues from its checkpoint.
   */
  async start<T extends Workflow>(
    workflow: T,
    options: WithWorkflowArgs<T, ChildWorkflowOptions> & { workflowId: string },
  ): Promise<StartedChild<T>> {
    await this.#pause.over();
    const scope = CancellationScope.current();
    // A cancellation that overtakes the start of its child is lost, and both wait for ever. So nothing is cancelled before.
    const child = await CancellationScope.nonCancellable(() =>
      startChild(workflow, {
        ...options,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        workflowIdReusePolicy: WorkflowIdReusePolicy.TERMINATE_IF_RUNNING,
      }),
    );
    this.#running.add(child);
    const ended = child.result().finally(() => this.#running.delete(child));
    ended.catch(() => {});
    scope.cancelRequested.catch(() => this.#running.has(child) && cancel(options.workflowId));
    if (this.#pause.isPaused) await this.#signalPause(child);
    return { result: () => ended };
  }

  /** Tells all children whether the study is paused. */
  async signalPause(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.#signalPause(child)));
  }

  /** A child that has just ended takes no signal. */
  async #signalPause(child: ChildWorkflowHandle<Workflow>): Promise<void> {
    await child.signal(pauseSignal, this.#pause.isPaused).catch(() => {});
  }
}

/** Waits until all have ended, and throws the first error in their order. */
export async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

// --- helpers ---

/** The child may have ended. */
async function cancel(workflowId: string): Promise<void> {
  await CancellationScope.nonCancellable(() => getExternalWorkflowHandle(workflowId).cancel()).catch(() => {});
}
