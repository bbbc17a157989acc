/** Bytes that are not a file of weights, or not in a supported format. */
export class WeightsError extends Error {
  override name = 'WeightsError';

  /**
   * @param format the format that the bytes were read as: `safetensors`, `zip`, `pickle`, …
   * @param where the faulty part: a tensor's name, an entry, a byte. It may come from the file.
   */
  constructor(format: string, where: string, problem: string, options?: ErrorOptions) {
    super(`${format}, ${printable(where)}: ${problem}`, options);
  }
}

/** A file's text for messages: short, and without control characters for a terminal. */
export function printable(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length > 120 ? `${plain.slice(0, 117)}...` : plain;
}
