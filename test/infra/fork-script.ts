import { type ChildProcess, fork } from 'node:child_process';
import { projectRoot } from '../../infra/project.ts';

/** Runs a script in a process of its own. */
export function forkScript(script: URL, args: readonly string[]): ChildProcess {
  return fork(script, args, { cwd: projectRoot, execArgv: ['--import', 'tsx'] });
}
