import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailableError } from '../../storage/object-store.ts';

/** After this time, the attempt fails, so that people see why nothing is stored. */
const LIMIT_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Repeats a write while the store can't be reached or its disk is full, for up to five minutes. Training waits meanwhile at the
 * latest with its next checkpoint, and loses nothing.
 *
 * @param write may be done again when it has been done already.
 * @throws its last error.
 */
export async function patiently<T>(write: () => Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  const started = performance.now();
  for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      const isOver = performance.now() - started + pauseMs > limitMs;
      if (isOver || !(error instanceof StoreUnavailableError)) throw error;
      await pause(pauseMs);
    }
  }
}
