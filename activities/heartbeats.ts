import { Context } from '@temporalio/activity';

/** The current activity's heartbeats. */
export interface Heartbeats {
  /** Sends one at once, with details that the next ones repeat. */
  beat(details?: unknown): void;
  stop(): void;
}

/**
 * How long the current activity may go without a heartbeat. Then its attempt counts as dead, so its other deadlines follow this
 * one.
 */
export function heartbeatTimeoutMs(): number {
  return Context.current().info.heartbeatTimeoutMs ?? 60_000;
}

/**
 * Sends heartbeats regularly for as long as this process answers. They tell Temporal that the worker lives, however
 * long the store needs for an object. Requests to the store that move no bytes fail by themselves, and whether a trainer lives
 * is watched by trainer/silence-watch.ts.
 */
export function startHeartbeats(): Heartbeats {
  // Events of a pooled trainer arrive in the asynchronous context of the activity that started its process.
  const context = Context.current();
  let last: unknown;
  const beat = () => context.heartbeat(last);
  const timer = setInterval(beat, heartbeatTimeoutMs() / 10);
  return {
    beat(details = last) {
      last = details;
      beat();
    },
    stop: () => clearInterval(timer),
  };
}
