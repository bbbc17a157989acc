import { CancellationScope, condition, defineSignal, isCancellation } from '@temporalio/workflow';
import { SIGNALS } from '../temporal/names.ts';

/** Whether to pause. */
export const pauseSignal = defineSignal<[boolean]>(SIGNALS.pause);

/** Whether a study is paused, in one of its workflows, and the work there that a pause stops. */
export class Pause {
  isPaused = false;
  readonly #scopes = new Set<CancellationScope>();

  set(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (isPaused) for (const scope of this.#scopes) scope.cancel();
  }

  /** Waits while the study is paused. */
  async over(): Promise<void> {
    await condition(() => !this.isPaused);
  }

  /** Does work once the study is not paused. A pause cancels it, and it begins again after the pause. */
  async around<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.over();
      const scope = new CancellationScope();
      this.#scopes.add(scope);
      try {
        return await scope.run(work);
      } catch (error) {
        const isPause = scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
        if (!isPause || !isCancellation(error)) throw error;
      } finally {
        this.#scopes.delete(scope);
      }
    }
  }
}
