import { Context } from '@temporalio/activity';

const INTERVAL_MS = 5_000;

/** The current activity's heartbeats. */
export interface Heartbeats {
  /** Sends one at once, with details that the next ones repeat. */
  beat(details?: unknown): void;
  stop(): void;
}

/**
 * Sends a heartbeat every few seconds for as long as this process answers. They tell Temporal that the worker lives, however
 * long the store needs for an object. Requests to the store that move no bytes fail by themselves, and whether a trainer lives
 * is watched by trainer/silence-watch.ts.
 */
export function startHeartbeats(): Heartbeats {
  // Events of a pooled trainer arrive in the asynchronous context of the activity that started its process.
  const context = Context.current();
  let last: unknown;
  const beat = () => context.heartbeat(last);
  const timer = setInterval(beat, INTERVAL_MS);
  return {
    beat(details = last) {
      last = details;
      beat();
    },
    stop: () => clearInterval(timer),
  };
}
