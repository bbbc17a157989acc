/** Bytes that are no file of weights, or none that this project reads. */
export class WeightsError extends Error {
  override name = 'WeightsError';

  /**
   * @param format what the bytes were read as: `safetensors`, `zip`, `pickle`, …
   * @param where the part at fault: a tensor's name, an entry, a byte. It may come from the file.
   */
  constructor(format: string, where: string, problem: string, options?: ErrorOptions) {
    super(`${format}, ${printable(where)}: ${problem}`, options);
  }
}

/** Text of a file as a message may show it: short, and without what a terminal would obey. */
export function printable(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length > 120 ? `${plain.slice(0, 117)}...` : plain;
}
