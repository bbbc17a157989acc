/** Data that can't be used. The message is one line: where, what was expected, what came, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
