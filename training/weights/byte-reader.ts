import { WeightsError } from './weights-error.ts';

/** Reads numbers and text in sequence. Every method throws {@link WeightsError} if the bytes end too early. */
export class ByteReader {
  at: number;
  readonly #format: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** @param format for messages. */
  constructor(format: string, bytes: Uint8Array, at: number) {
    this.#format = format;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#skip(8), true);
  }

  /** Big-endian, as in a pickle. */
  float64(): number {
    return this.#view.getFloat64(this.#skip(8));
  }

  /** An integer in two's complement, little-endian. */
  long(bytes: number): bigint {
    const digits = this.bytes(bytes).toReversed();
    const value = digits.reduce((sum, digit) => (sum << 8n) | BigInt(digit), 0n);
    return BigInt.asIntN(8 * bytes, value);
  }

  /** UTF-8. */
  text(bytes: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes(bytes));
    } catch (cause) {
      if (cause instanceof WeightsError) throw cause;
      throw this.error('expected text in UTF-8', { cause });
    }
  }

  /** Text up to the end of a line, without the line break. */
  line(maxBytes: number): string {
    const line = this.#bytes.subarray(this.at, this.at + maxBytes + 1).indexOf(0x0a);
    if (line === -1) throw this.error(`expected a line of at most ${maxBytes} bytes`);
    const text = this.text(line);
    this.at += 1;
    return text;
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  error(problem: string, options?: ErrorOptions): WeightsError {
    return new WeightsError(this.#format, `byte ${this.at}`, problem, options);
  }

  /** Skips bytes, and returns the position before. */
  #skip(length: number): number {
    const { at } = this;
    const left = this.#bytes.length - at;
    if (length > left) throw this.error(`cut off: expected ${length} more bytes, got ${left}`);
    this.at = at + length;
    return at;
  }
}
