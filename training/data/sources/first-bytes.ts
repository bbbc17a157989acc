import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { DataError } from '../data-error.ts';

/** What a file is, by its first bytes. */
export interface FirstBytes {
  kind: 'zip' | 'tar' | 'tar.gz' | 'gzip' | 'npy' | 'other';
}

/** @throws {DataError} if the file can't be read. */
export async function firstBytes(path: string): Promise<FirstBytes> {
  const start = await read(path);
  if (start.length === 0) throw new DataError(`${path}: expected data, got an empty file; check the path`);
  if (start.toString('latin1', 0, 4) === 'PK\x03\x04' || start.toString('latin1', 0, 4) === 'PK\x05\x06') {
    return { kind: 'zip' };
  }
  if (start.toString('latin1', 0, 6) === '\x93NUMPY') return { kind: 'npy' };
  if (start[0] === 0x1f && start[1] === 0x8b) {
    return { kind: isTar(await unzippedStart(path)) ? 'tar.gz' : 'gzip' };
  }
  return { kind: isTar(start) ? 'tar' : 'other' };
}

// --- helpers ---

/** A tar's header. */
const START_BYTES = 512;

const isTar = (start: Buffer): boolean => start.toString('latin1', 257, 262) === 'ustar';

async function read(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new DataError(`${path}: can't be read (${(cause as Error).message}); check the path`, { cause });
  }
}

async function unzippedStart(path: string): Promise<Buffer> {
  const source = createReadStream(path);
  const unzipped = source.pipe(createGunzip());
  source.on('error', (error) => unzipped.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of unzipped) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= START_BYTES) break;
    }
  } catch {
    // Whoever reads all of it says what is wrong with it.
  } finally {
    source.destroy();
  }
  return Buffer.concat(chunks);
}
