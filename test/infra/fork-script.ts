import { type ChildProcess, fork } from 'node:child_process';
import { projectRoot } from '../../infra/project.ts';

/** Runs a script as a child process. */
export function forkScript(script: URL, args: readonly string[]): ChildProcess {
  return fork(script, args, { cwd: projectRoot, execArgv: ['--import', 'tsx'] });
}
