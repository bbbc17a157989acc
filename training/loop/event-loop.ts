import { setImmediate } from 'node:timers/promises';

/** How long messages and signals wait at most, besides the running operation. */
const PAUSE_EVERY_MS = 250;

/** Lets the event loop run between blocking operations. */
export interface Pauses {
  /**
   * Returns at once unless a pause is due. A pause handles messages and timers.
   *
   * @throws the signal's reason once it is aborted.
   */
  take(): Promise<void> | undefined;
}

/** @param onPause called at each pause, as a sign of life. */
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
