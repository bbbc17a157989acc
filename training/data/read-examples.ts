/** The examples of a source, as a reader has found them, before their values are read. */
export interface ReadExamples {
  /** Names of the classes, by label. */
  classes: string[];
  /** The class of each example. */
  labels: Uint16Array;
  /** 1 for each example that the source has as test data. Absent if the source has none of its own. */
  isTest?: Uint8Array;
  /** The number of each example's group. */
  groups?: Uint32Array;
  /** Of a table: what each value of a row means. */
  features?: Feature[];
  /**
   * Reads all examples once, in any order, several at a time.
   *
   * @throws {DataError} if one can't be read.
   */
  read(take: (example: ReadExample) => Promise<void>): Promise<void>;
}

export interface ReadExample {
  index: number;
  /** As in `LabelledImages`. The reader doesn't use them again. */
  values: Uint8Array | Float32Array;
  /** Of an image, before it was resized. */
  size?: { width: number; height: number };
}

/** What a value of a table's row means. */
export type Feature =
  | { kind: 'number'; column: string }
  /** 1 where the column has this value, else 0. null: where the column has none. */
  | { kind: 'is'; column: string; value: string | null };
