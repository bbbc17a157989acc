import { closeSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Labels } from './labelled-images.ts';
import { PackedImagesError } from './packed-images.ts';

/** Where a file has what. */
export interface ExampleLayout {
  examples: number;
  classes: number;
  /** Of an example's values. */
  exampleBytes: number;
  /** float32, as tables have, instead of bytes. */
  isFloat: boolean;
  /** From the start of one example to that of the next. */
  strideBytes: number;
  /** `before`: a byte before each example's values. `after`: after all values, as uint16. */
  labels: 'before' | 'after';
  /** The group of each example, as uint32, is at the end. */
  hasGroups: boolean;
}

/** A file of examples, an open one, which its opener closes, or its content. */
export type ExampleSource = { path: string } | { fd: number } | { content: Uint8Array };

/** Examples that are read by their place, so that nobody has to hold all of them. */
export interface ExampleFile {
  layout: ExampleLayout;
  labels: Labels;
  groups?: Uint32Array;
  /** The values of some examples, one after another. */
  read(places: Int32Array): Uint8Array | Float32Array;
  /** The same, while this thread does something else. */
  readAhead(places: Int32Array): Promise<Uint8Array | Float32Array>;
  close(): void;
}

/**
 * Opens a file of examples.
 *
 * @throws {PackedImagesError} if it has another size than its layout says, or a label is out of range.
 */
export function openExampleFile(source: ExampleSource, layout: ExampleLayout): ExampleFile {
  const bytes = openBytes(source);
  try {
    const { labels, groups } = readLabels(bytes, layout);
    const { exampleBytes, strideBytes, isFloat } = layout;
    const offset = strideBytes - exampleBytes;
    const typed = (values: Uint8Array) => (isFloat ? new Float32Array(values.buffer) : values);
    const startOf = (place: number) => place * strideBytes + offset;
    return {
      layout,
      labels,
      ...(groups && { groups }),
      read(places) {
        const values = new Uint8Array(places.length * exampleBytes);
        for (const { at, place, count } of runs(places, offset === 0)) {
          bytes.read(values, at * exampleBytes, count * exampleBytes, startOf(place));
        }
        return typed(values);
      },
      async readAhead(places) {
        const values = new Uint8Array(places.length * exampleBytes);
        await Promise.all(
          runs(places, offset === 0).map(({ at, place, count }) =>
            bytes.readAhead(values, at * exampleBytes, count * exampleBytes, startOf(place)),
          ),
        );
        return typed(values);
      },
      close: () => void bytes.close(),
    };
  } catch (error) {
    bytes.close();
    throw error;
  }
}

// --- helpers ---

interface Bytes {
  read(into: Uint8Array, at: number, length: number, from: number): void;
  readAhead(into: Uint8Array, at: number, length: number, from: number): Promise<void>;
  close(): unknown;
}

const readAsync = promisify(read);

function openBytes(source: ExampleSource): Bytes {
  if ('content' in source) return heldBytes(source.content);
  const path = 'path' in source ? source.path : 'examples';
  const file = 'path' in source ? openSync(path, 'r') : source.fd;
  const check = (got: number, length: number, from: number) => {
    if (got > 0 || length === 0) return;
    throw new PackedImagesError(
      `${path}: expected more bytes from ${from} on, but the file ends; it has been cut off`,
    );
  };
  return {
    read(into, at, length, from) {
      for (let done = 0; done < length; ) {
        const got = readSync(file, into, at + done, length - done, from + done);
        check(got, length, from + done);
        done += got;
      }
    },
    async readAhead(into, at, length, from) {
      for (let done = 0; done < length; ) {
        const { bytesRead } = await readAsync(file, into, at + done, length - done, from + done);
        check(bytesRead, length, from + done);
        done += bytesRead;
      }
    },
    close: () => 'path' in source && closeSync(file),
  };
}

function heldBytes(content: Uint8Array): Bytes {
  const copy: Bytes['read'] = (into, at, length, from) => into.set(content.subarray(from, from + length), at);
  return {
    read: copy,
    readAhead: async (...range) => copy(...range),
    close: () => {},
  };
}

/** Neighbours are read together if nothing is between them. */
function runs(places: Int32Array, areAdjacent: boolean): { at: number; place: number; count: number }[] {
  const found: { at: number; place: number; count: number }[] = [];
  for (const [at, place] of places.entries()) {
    const last = found.at(-1);
    if (areAdjacent && last && last.place + last.count === place) last.count++;
    else found.push({ at, place, count: 1 });
  }
  return found;
}

function readLabels(bytes: Bytes, layout: ExampleLayout): { labels: Labels; groups?: Uint32Array } {
  const { examples, strideBytes, hasGroups } = layout;
  const labels = layout.labels === 'before' ? new Uint8Array(examples) : new Uint16Array(examples);
  if (labels instanceof Uint8Array) {
    const chunk = new Uint8Array(strideBytes * Math.min(examples, 2_000));
    for (let start = 0; start < examples; start += 2_000) {
      const count = Math.min(2_000, examples - start);
      bytes.read(chunk, 0, count * strideBytes, start * strideBytes);
      for (let index = 0; index < count; index++)
        labels[start + index] = chunk[index * strideBytes] as number;
    }
  } else bytes.read(bytesOf(labels), 0, labels.byteLength, examples * strideBytes);
  for (const [index, label] of labels.entries()) {
    if (label < layout.classes) continue;
    throw new PackedImagesError(
      `training images: expected a label from 0 to ${layout.classes - 1} in image ${index} (counted from 0), got ${label}; the file ` +
        'is damaged or not of this format',
    );
  }
  if (!hasGroups) return { labels };
  const groups = new Uint32Array(examples);
  bytes.read(bytesOf(groups), 0, groups.byteLength, examples * strideBytes + labels.byteLength);
  return { labels, groups };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
