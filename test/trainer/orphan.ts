/** Forks itself; the child watches its parent, says so, and then blocks, as a long native call does. */
import { fork } from 'node:child_process';
import { watchParent } from '../../trainer/parent-watch.ts';

if (process.send) {
  watchParent();
  console.log(`blocking ${process.pid}`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
} else {
  // The child inherits the outputs, which therefore stay open until both have ended.
  fork(process.argv[1] as string, { execArgv: ['--import', 'tsx'] });
}
