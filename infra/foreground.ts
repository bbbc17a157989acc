import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a script of this project in a process of its own until it ends, with this one's terminal. SIGINT or SIGTERM makes
 * it end as it likes, a second one at once. The script has an IPC channel, which closes when this process is gone.
 *
 * @param script absolute path
 * @returns its exit code; 1 where a signal has ended it
 */
export async function runInForeground(script: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = fork(script, {
    env,
    // A process group of its own: Ctrl-C in a terminal goes to all of a group, and the script would get it twice.
    detached: true,
  });
  let first: number | undefined;
  const end = () => {
    first ??= Date.now();
    child.kill(Date.now() - first < sameSignalMs ? 'SIGTERM' : 'SIGKILL');
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  const [code] = await once(child, 'close');
  return code ?? 1;
}

// --- helpers ---

/** npm passes on a signal that the terminal has sent to all already. */
const sameSignalMs = 500;
