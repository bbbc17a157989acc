import { Worker } from 'node:worker_threads';

/**
 * Kills this process within half a second of its parent's death. A separate thread watches, because during a long
 * native call neither signals nor `disconnect` reach JavaScript. An orphaned trainer would keep the GPU's memory.
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
