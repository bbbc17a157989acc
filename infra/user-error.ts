/** An error that people can act on: its message alone is shown, without a stack trace. */
export class UserError extends Error {
  override name = 'UserError';
}
