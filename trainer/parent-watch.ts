import { Worker } from 'node:worker_threads';

/**
 * Ends this process when its parent is gone, even from within a long native call, where neither signals nor
 * `disconnect` reach JavaScript: a thread of its own looks, twice a second. A trainer left behind would hold the GPU.
 */
export function watchParent(): void {
  const watch = `
    const parent = ${process.ppid};
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    }, 500);
  `;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}
