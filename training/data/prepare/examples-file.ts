import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** The parts in which the store has a file, so that nobody holds all of it. */
export const PART_BYTES = 64 * 1024 * 1024;

/**
 * A file of prepared examples: the values of each example, one after another; then the labels, as uint16; then, if the data
 * have groups, the group of each example, as uint32. All little-endian.
 */
export interface ExamplesFile {
  path: string;
  examples: number;
  sizeBytes: number;
  /** Of the whole file. */
  sha256: string;
  parts: FilePart[];
}

export interface FilePart {
  sha256: string;
  sizeBytes: number;
}

/** Writes such a file, the examples in any order. */
export async function createExamplesFile(path: string, examples: number, exampleBytes: number) {
  const file = await open(path, 'wx');
  return {
    async put(place: number, values: Uint8Array | Float32Array): Promise<void> {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      if (bytes.length !== exampleBytes) {
        throw new Error(`expected an example of ${exampleBytes} bytes, got ${bytes.length}`);
      }
      await writeAt(file, bytes, place * exampleBytes);
    },
    /** Adds labels and groups, and closes the file. */
    async end(labels: Uint16Array, groups: Uint32Array | undefined): Promise<ExamplesFile> {
      const valuesBytes = examples * exampleBytes;
      await writeAt(file, new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength), valuesBytes);
      if (groups) {
        const bytes = new Uint8Array(groups.buffer, groups.byteOffset, groups.byteLength);
        await writeAt(file, bytes, valuesBytes + labels.byteLength);
      }
      await file.close();
      return { path, examples, ...(await describe(path)) };
    },
    close: () => file.close().catch(() => {}),
  };
}

// --- helpers ---

async function writeAt(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

async function describe(path: string): Promise<Pick<ExamplesFile, 'sizeBytes' | 'sha256' | 'parts'>> {
  const whole = createHash('sha256');
  const parts: FilePart[] = [];
  let part: { hash: Hash; sizeBytes: number } = { hash: createHash('sha256'), sizeBytes: 0 };
  let sizeBytes = 0;
  const endPart = () => {
    parts.push({ sha256: part.hash.digest('hex'), sizeBytes: part.sizeBytes });
    part = { hash: createHash('sha256'), sizeBytes: 0 };
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    let rest = chunk as Buffer;
    whole.update(rest);
    sizeBytes += rest.length;
    while (rest.length > 0) {
      const own = rest.subarray(0, PART_BYTES - part.sizeBytes);
      part.hash.update(own);
      part.sizeBytes += own.length;
      rest = rest.subarray(own.length);
      if (part.sizeBytes === PART_BYTES) endPart();
    }
  }
  if (part.sizeBytes > 0) endPart();
  return { sizeBytes, sha256: whole.digest('hex'), parts };
}
