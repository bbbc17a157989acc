import { setTimeout as pause } from 'node:timers/promises';
import { tryLock } from '../file-lock.ts';
import { UserError } from '../user-error.ts';
import { diskShortage } from './disk-space.ts';
import { endRemains } from './remains.ts';
import { Stack, type StackOptions } from './stack.ts';
import { statePaths } from './state-folder.ts';
import { isUsed, stopKeeping } from './users.ts';

// The process that owns a stack. It gets its options in the first message of its parent, tells it how the start goes,
// and does not depend on it afterwards: it runs until nobody uses the stack, until its disk is full, or until SIGTERM.

export type SupervisorMessage =
  | { kind: 'progress'; doing: string }
  | { kind: 'ready' }
  /** Another supervisor was faster. */
  | { kind: 'lost' }
  | { kind: 'failed'; message: string; isUserError: boolean };

process.once('message', (options: StackOptions) => void supervise(options));

async function supervise(options: StackOptions): Promise<void> {
  const { stateFolder } = options;
  const lock = tryLock(statePaths(stateFolder).supervisorLock);
  if (!lock) {
    await tell({ kind: 'lost' });
    process.exit(0);
  }
  const stack = new Stack(options, log, (doing) => void tell({ kind: 'progress', doing }));
  let reason: string | undefined;
  const end = (why: string) => {
    reason ??= why;
    void stack.abandonStart();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(signal));
  const watch = setInterval(() => {
    if (stack.isStarting() && !isUsed(stateFolder)) end('nobody waits for it any more');
  }, 500);
  let failure: unknown;
  try {
    // Perhaps a killed supervisor has also left the wish to be kept.
    stopKeeping(stateFolder);
    await endRemains(stateFolder);
    await stack.start();
    await tell({ kind: 'ready' });
    while (!reason) {
      if (stack.announceStopUnlessUsed(() => isUsed(stateFolder))) reason = 'nobody uses the stack any more';
      // Going on would use up the retries of every trial.
      else reason = diskShortage(stateFolder, 'goOn', !options.externalStore);
      if (!reason) await pause(250);
    }
  } catch (error) {
    failure = reason ? new UserError(`The stack was stopped while it was starting: ${reason}`) : error;
  }
  clearInterval(watch);
  log(failure instanceof Error ? (failure.stack ?? failure.message) : `stopping: ${reason}`);
  await stack.stop();
  lock.release();
  log('stopped');
  if (failure) {
    await tell({
      kind: 'failed',
      message: (failure as Error).message,
      isUserError: failure instanceof UserError,
    });
  }
  process.exit(failure ? 1 : 0);
}

function tell(message: SupervisorMessage): Promise<void> {
  return new Promise((resolve) => {
    // Whoever started this process may be gone.
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}
