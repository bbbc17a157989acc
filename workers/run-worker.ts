import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

/**
 * Runs a worker until SIGINT or SIGTERM, or until its parent process is gone. Prints `ready` when it polls. If it can't
 * start, prints the reason in one line and exits with code 1.
 *
 * @param close called when the worker has stopped, before the process exits.
 */
export async function runWorker(
  options: () => Promise<WorkerOptions>,
  close: () => Promise<void> = async () => {},
): Promise<void> {
  Runtime.install({ shutdownSignals: ['SIGINT', 'SIGTERM'], telemetryOptions: {}, logger: undefined });
  // The parent is gone: shut down as after SIGTERM, even while still connecting.
  process.once('disconnect', () => process.emit('SIGTERM'));
  try {
    const worker = await Worker.create(await options());
    const running = worker.run();
    console.log('ready');
    await running;
    await close();
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
