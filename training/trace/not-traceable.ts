/** A function of tensors did what can't be written down as a graph. In a file that loads no TensorFlow. */
export class NotRecordableError extends Error {
  override name = 'NotRecordableError';
}
