import { setTimeout as pause } from 'node:timers/promises';
import { type Launch, launch, type ManagedProcess } from './managed-process.ts';

/** A process that is kept running. If it ends by itself it is restarted, after increasing pauses. */
export interface Service {
  /** Resolves when the process answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param healthy resolves when the process answers.
 * @param onStart called at each start, before the process answers.
 * @param log receives restarts and failures to restart.
 */
export function service(
  what: Launch,
  healthy: (started: ManagedProcess) => Promise<void>,
  onStart: (started: ManagedProcess) => void,
  log: (line: string) => void,
): Service {
  const stopping = new AbortController();
  let current: ManagedProcess | undefined;
  let watching = Promise.resolve();

  async function begin(): Promise<ManagedProcess> {
    current = launch(what);
    onStart(current);
    await healthy(current);
    return current;
  }

  async function watch(first: ManagedProcess): Promise<void> {
    let running: ManagedProcess | undefined = first;
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const since = Date.now();
      const how = running ? await running.ended : 'it did not start';
      if (stopping.signal.aborted) return;
      if (Date.now() - since > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
      log(`${what.name} has ended (${how}) and restarts in ${pauseMs / 1000} s`);
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      running = await begin().catch((error: unknown) => {
        log(error instanceof Error ? error.message : String(error));
        return undefined;
      });
    }
  }

  return {
    async start() {
      const started = await begin();
      watching = watch(started);
    },
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
    },
  };
}

// --- helpers ---

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** After a process has run for this long, pauses start over with the first one. */
const STEADY_MS = 60_000;
