import { setTimeout as pause } from 'node:timers/promises';
import { type Launch, launch, type ManagedProcess } from './managed-process.ts';

/** A process that is kept running: one that ends by itself is started again, after pauses that grow. */
export interface Service {
  /** Resolves when it runs and answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param healthy resolves when the process answers
 * @param onStart called at each start, before the process answers
 * @param log for what nobody waits for
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
    let pauseMs = firstPauseMs;
    while (!stopping.signal.aborted) {
      const since = Date.now();
      const how = running ? await running.ended : 'no start';
      if (stopping.signal.aborted) return;
      if (Date.now() - since > steadyMs) pauseMs = firstPauseMs;
      log(`${what.name} has ended (${how}); it is started again in ${pauseMs / 1000} s`);
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
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

const firstPauseMs = 1000;
const longestPauseMs = 60_000;
/** A process that ran as long as this starts with the first pause again. */
const steadyMs = 60_000;
