/** A function of tensors does something that a graph can't express. In a file that doesn't load TensorFlow. */
export class NotTraceableError extends Error {
  override name = 'NotTraceableError';
}
