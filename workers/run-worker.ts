import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

/**
 * Runs a worker until SIGINT or SIGTERM, or until the process that forked it is gone. Prints `ready` once it polls.
 * A worker that can't start says why in one line, and the process ends with exit code 1.
 */
export async function runWorker(options: () => Promise<WorkerOptions>): Promise<void> {
  Runtime.install({ shutdownSignals: ['SIGINT', 'SIGTERM'], telemetryOptions: {}, logger: undefined });
  // As if it had been told to stop: also while it is still connecting, and not a second time.
  process.once('disconnect', () => process.emit('SIGTERM'));
  try {
    const worker = await Worker.create(await options());
    const running = worker.run();
    console.log('ready');
    await running;
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
