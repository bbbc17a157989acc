import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a script of this project as a child process until it ends, in this process's terminal. The first SIGINT or SIGTERM
 * asks the script to end; another one kills it. Its IPC channel closes when this process ends.
 *
 * @param script absolute path.
 * @returns its exit code, or 1 if a signal ended it.
 */
export async function runInForeground(script: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = fork(script, {
    env,
    // Its own process group: a terminal sends Ctrl-C to the whole group, so the script would receive it twice.
    detached: true,
  });
  let first: number | undefined;
  const end = () => {
    first ??= Date.now();
    child.kill(Date.now() - first < SAME_SIGNAL_MS ? 'SIGTERM' : 'SIGKILL');
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  const [code] = await once(child, 'close');
  return code ?? 1;
}

// --- helpers ---

/** npm forwards a signal that the terminal has already sent to the whole process group. */
const SAME_SIGNAL_MS = 500;
