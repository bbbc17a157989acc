import { setImmediate } from 'node:timers/promises';

/** Longest time that messages and signals wait while TensorFlow computes, beside the operation under way. */
const PAUSE_EVERY_MS = 250;

/** Lets the event loop run between operations that block it. */
export interface Pauses {
  /**
   * Costs nothing until a pause is due; then messages and timers are handled.
   *
   * @throws the signal's reason once it is aborted.
   */
  take(): Promise<void> | undefined;
}

/** @param onPause called at every pause, as a sign of life. */
export function createPauses(signal?: AbortSignal, onPause?: () => void): Pauses {
  let last = performance.now();
  const pause = async () => {
    onPause?.();
    await setImmediate();
    signal?.throwIfAborted();
    last = performance.now();
  };
  return {
    take() {
      signal?.throwIfAborted();
      return performance.now() - last >= PAUSE_EVERY_MS ? pause() : undefined;
    },
  };
}
