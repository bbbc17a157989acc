import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Pause } from '../pause.ts';

/** How work within a time budget ended. */
export interface TimedWork<T> {
  /** Undefined if the time was over before: then the work was cancelled, and has ended. */
  result: T | undefined;
  /** What is left of the time, milliseconds; null if there is no limit. */
  leftMs: number | null;
}

/**
 * Does work for a limited time, in which pauses of the study don't count.
 *
 * @param limitMs null for no limit.
 * @throws whatever `work` throws, unless the time was over.
 */
export async function withinTime<T>(
  limitMs: number | null,
  pause: Pause,
  work: () => Promise<T>,
): Promise<TimedWork<T>> {
  if (limitMs === null) return { result: await work(), leftMs: null };
  const scope = new CancellationScope();
  let leftMs = limitMs;
  let hasEnded = false;
  const working = scope.run(work).finally(() => {
    hasEnded = true;
  });
  working.catch(() => {});
  try {
    while (leftMs > 0 && !hasEnded) {
      await condition(() => hasEnded || !pause.isPaused);
      const since = Date.now();
      await condition(() => hasEnded || pause.isPaused, leftMs);
      leftMs -= Date.now() - since;
    }
  } catch (error) {
    // Cancelled with its study: it ends when what it started has.
    await Promise.allSettled([working]);
    throw error;
  }
  if (!hasEnded) scope.cancel();
  try {
    return { result: await working, leftMs: Math.max(0, leftMs) };
  } catch (error) {
    const isOver = scope.consideredCancelled && !CancellationScope.current().consideredCancelled;
    if (!isOver || !isCancellation(error)) throw error;
    return { result: undefined, leftMs: 0 };
  }
}
