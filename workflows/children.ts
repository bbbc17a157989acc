import {
  CancellationScope,
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  type WithWorkflowArgs,
  type Workflow,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import { type Pause, pauseSignal } from './pause.ts';

/** A child workflow that has started. Its result is there when it has ended, also if it is cancelled. */
export type StartedChild<T extends Workflow> = Pick<ChildWorkflowHandle<T>, 'result' | 'signal'>;

/** The children of a workflow. None starts while the study is paused. */
export class Children {
  readonly #pause: Pause;
  readonly #running = new Set<ChildWorkflowHandle<Workflow>>();

  constructor(pause: Pause) {
    this.#pause = pause;
  }

  /**
   * Starts a child. A workflow that still has its id, from before its study was reset, is terminated: its trainer stops, and
   * the new one continues from its checkpoint. If the current scope is cancelled, so is the child.
   */
  async start<T extends Workflow>(
    workflow: T,
    options: WithWorkflowArgs<T, ChildOptions>,
  ): Promise<StartedChild<T>> {
    await this.#pause.over();
    const scope = CancellationScope.current();
    // The child is cancelled only when it has started, so that no cancellation can overtake its start and be lost.
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
    scope.cancelRequested.catch(() => {
      if (this.#running.has(child)) return cancel(options.workflowId);
    });
    if (this.#pause.isPaused) await this.#signalPause(child);
    return { result: () => ended, signal: child.signal };
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
export async function all<T>(promises: readonly (Promise<T> | undefined)[]): Promise<(T | undefined)[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

// --- helpers ---

type ChildOptions = Omit<ChildWorkflowOptions, 'typeInfo'> & { workflowId: string; typeInfo?: undefined };

/** The child may have ended. */
async function cancel(workflowId: string): Promise<void> {
  await CancellationScope.nonCancellable(() => getExternalWorkflowHandle(workflowId).cancel()).catch(
    () => {},
  );
}
