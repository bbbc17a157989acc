import { setTimeout as pause } from 'node:timers/promises';
import { tryLock } from '../file-lock.ts';
import { UserError } from '../user-error.ts';
import { diskShortage } from './disk-space.ts';
import { endLeftovers } from './leftovers.ts';
import { Stack, type StackOptions } from './stack.ts';
import { statePaths } from './state-folder.ts';
import { isUsed, neededLevel, stopKeeping } from './users.ts';

// The process that owns a stack. Its parent sends the options and receives the progress of the start. After that the
// supervisor no longer depends on its parent. It runs until nobody uses the stack, its disk is full, or SIGTERM arrives.

export type SupervisorMessage =
  | { kind: 'progress'; doing: string }
  | { kind: 'ready' }
  /** Another supervisor came first. */
  | { kind: 'lost' }
  | { kind: 'failed'; message: string; isUserError: boolean };

process.once('message', (options: StackOptions) => void supervise(options));

async function supervise(options: StackOptions): Promise<void> {
  const { stateFolder } = options;
  const lock = tryLock(statePaths(stateFolder).supervisorLock);
  if (!lock) {
    await send({ kind: 'lost' });
    process.exit(0);
  }
  const stack = new Stack(options, log, (doing) => void send({ kind: 'progress', doing }));
  let reason: string | undefined;
  const end = (why: string) => {
    reason ??= why;
    void stack.abandonStart();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(signal));
  const watch = setInterval(() => {
    if (stack.isStarting() && !isUsed(stateFolder)) end('nobody is waiting for it any more');
  }, 500);
  let failure: unknown;
  try {
    // A supervisor that was killed may have left the request to be kept.
    stopKeeping(stateFolder);
    await endLeftovers(stateFolder);
    await stack.start();
    await send({ kind: 'ready' });
    while (!reason) {
      if (stack.announceStopUnlessUsed(() => isUsed(stateFolder))) reason = 'nobody uses the stack any more';
      // Continuing would use up the retries of every trial.
      else reason = diskShortage(stateFolder, 'continue', !options.externalStore);
      const needed = neededLevel(stateFolder);
      if (!reason && needed) await stack.raiseTo(needed);
      if (!reason) await pause(250);
    }
  } catch (error) {
    failure = reason ? new UserError(`The stack was stopped during its start: ${reason}`) : error;
  }
  clearInterval(watch);
  log(failure instanceof Error ? (failure.stack ?? failure.message) : `stopping: ${reason}`);
  await stack.stop();
  lock.release();
  log('stopped');
  if (failure) {
    await send({
      kind: 'failed',
      message: (failure as Error).message,
      isUserError: failure instanceof UserError,
    });
  }
  process.exit(failure ? 1 : 0);
}

function send(message: SupervisorMessage): Promise<void> {
  return new Promise((resolve) => {
    // The parent may have ended.
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}
