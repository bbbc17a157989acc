import { EXIT, InterruptedError } from './exit-codes.ts';

/**
 * A signal that aborts at the first Ctrl-C or SIGTERM, so that a command can stop what it started. The second one ends the
 * process at once; the stack stops by itself when its last user is gone.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  // Not `once`: log-update's exit hook kills the process if it finds no other listener.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort(new InterruptedError());
    });
  return controller.signal;
}
