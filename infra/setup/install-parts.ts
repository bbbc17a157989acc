import { rm } from 'node:fs/promises';
import { endCommands } from '../parts/commands.ts';
import { type Cache, installPart, type Part } from '../parts/part.ts';
import { UserError } from '../user-error.ts';
import { runTasks } from './progress.ts';

/**
 * Makes parts and shows the progress. Chains run side by side.
 *
 * @param chains lists of parts that are made one after the other.
 * @throws {UserError} with a line for each part that could not be made.
 */
export async function installParts(cache: Cache, chains: readonly (readonly Part[])[]): Promise<void> {
  // A set-up that was killed may have left something here.
  await rm(cache.tmp, { recursive: true, force: true });
  const tasks = chains.map((parts) => ({
    title: parts.map(({ title }) => title).join(' and '),
    run: async (onProgress: (doing: string) => void) => {
      for (const part of parts) await installPart(cache, part, onProgress);
    },
  }));
  const errors = await endingCommandsOnSignals(() => runTasks(tasks));
  if (errors.length === 0) return;
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  throw new UserError(`Set-up failed:\n${messages.join('\n')}`, { cause: errors[0] });
}

// --- helpers ---

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal to this process must also end its downloads and compilers. */
async function endingCommandsOnSignals<T>(work: () => Promise<T>): Promise<T> {
  const end = (signal: NodeJS.Signals) => {
    endCommands();
    release();
    process.kill(process.pid, signal);
  };
  const release = () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    return await work();
  } finally {
    release();
  }
}
