import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { compiledProgram } from '../project.ts';
import { UserError } from '../user-error.ts';
import type { StackOptions } from './stack.ts';
import { statePaths } from './state-folder.ts';
import type { SupervisorMessage } from './supervisor.ts';

/**
 * Starts the process that starts a stack and keeps it running, and waits until the stack is up.
 *
 * @returns false if another supervisor came first.
 * @throws {UserError} if a process can't be started.
 */
export function startSupervisor(
  options: StackOptions,
  onProgress: (doing: string) => void,
): Promise<boolean> {
  const logFile = join(statePaths(options.stateFolder).logs, 'supervisor.log');
  const log = openSync(logFile, 'a', 0o600);
  const supervisor = fork(compiledProgram('bundle/supervisor'), {
    cwd: options.projectRoot,
    // Its own process group: a terminal sends Ctrl-C to the whole group.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return new Promise<boolean>((resolve, reject) => {
    // Its last message may arrive after its end, but not after the end of the connection.
    Promise.all([once(supervisor, 'exit'), once(supervisor, 'disconnect')]).then(([[code, signal]]) => {
      reject(
        new UserError(
          `The stack's supervisor ended with ${signal ?? `exit code ${code}`}. Its log: ${logFile}`,
        ),
      );
    }, reject);
    supervisor.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'progress') onProgress(message.doing);
      if (message.kind === 'ready') resolve(true);
      if (message.kind === 'lost') resolve(false);
      if (message.kind === 'failed') {
        const { isUserError } = message;
        reject(
          isUserError ? new UserError(message.message) : new Error(`${message.message}. The log: ${logFile}`),
        );
      }
    });
    supervisor.send(options);
  }).finally(() => {
    if (supervisor.connected) supervisor.disconnect();
    supervisor.unref();
  });
}
