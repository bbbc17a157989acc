/** A signal that aborts at the first Ctrl-C (or SIGTERM), so that a command can stop what it started. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  // Not `once`: the live screen's library kills the process where it finds no other listener left.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => controller.abort(new InterruptedError()));
  return controller.signal;
}

export class InterruptedError extends Error {
  override name = 'InterruptedError';
}
