/** Forks itself. The child watches its parent, prints its process id, and then blocks as in a long native call. */
import { fork } from 'node:child_process';
import { watchParent } from '../../trainer/parent-watch.ts';

if (process.send) {
  watchParent();
  console.log(`blocking ${process.pid}`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
} else {
  // The child inherits stdout, which therefore stays open until both have ended.
  fork(process.argv[1] as string, { execArgv: ['--import', 'tsx'] });
}
