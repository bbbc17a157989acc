/**
 * A command's action that loads its code only when the command is called: `--help` need not load the libraries of
 * Temporal and MinIO.
 */
export function whenCalled<Arguments extends unknown[]>(
  load: () => Promise<(...args: Arguments) => Promise<void>>,
): (...args: Arguments) => Promise<void> {
  return async (...args) => {
    const action = await load();
    await action(...args);
  };
}
