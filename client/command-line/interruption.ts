/**
 * A signal that aborts at the first Ctrl-C (or SIGTERM), so that a command can stop what it started. At the second the
 * process ends at once: the stack stops by itself when nobody uses it any more.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  // Not `once`: the live screen's library kills the process where it finds no other listener left.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new InterruptedError());
    });
  return controller.signal;
}

export class InterruptedError extends Error {
  override name = 'InterruptedError';
}
