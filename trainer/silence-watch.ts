import type { TrainerEvent } from './protocol.ts';

/** How long a job may give no sign of life. */
export interface Patience {
  /** Until its first progress: TensorFlow loads, prepares its operations and runs the first step meanwhile. */
  startMs: number;
  /** Afterwards, at least. */
  leastMs: number;
}

/** Watches a job's events. */
export interface SilenceWatch {
  heard(event: TrainerEvent): void;
  stop(): void;
}

/**
 * Calls `onSilence` once if a job gives no sign of life for too long: ten times its longest silence since it has made
 * progress. A large batch on a slow machine may need minutes a step, so no fixed time would fit.
 *
 * @param onSilence takes how long the silence was.
 */
export function watchSilence({ startMs, leastMs }: Patience, onSilence: (ms: number) => void): SilenceWatch {
  let timer = setTimeout(onSilence, startMs, startMs);
  let last = performance.now();
  let hasProgressed = false;
  let longestMs = 0;
  return {
    heard({ kind }) {
      const now = performance.now();
      if (hasProgressed) longestMs = Math.max(longestMs, now - last);
      hasProgressed ||= kind === 'progress';
      last = now;
      const limitMs = hasProgressed ? Math.max(leastMs, FACTOR * longestMs) : startMs;
      clearTimeout(timer);
      timer = setTimeout(onSilence, limitMs, limitMs);
    },
    stop: () => clearTimeout(timer),
  };
}

// --- helpers ---

const FACTOR = 10;
