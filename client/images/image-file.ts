import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../../infra/user-error.ts';
import type { ImageFile } from '../../trainer/protocol.ts';
import { type ImageHeader, ImageHeaderError, readImageHeader } from './image-header.ts';

/** Twice what most phones' cameras give; decoding needs up to twenty bytes a pixel. */
const MAX_PIXELS = 100_000_000;
const MAX_FILE_BYTES = 200_000_000;

/**
 * An image file by what its header says, before anything is started or decoded.
 *
 * @throws {UserError} with one line, where it can't be read or is too large.
 */
export async function imageFile(name: string): Promise<ImageFile> {
  const path = resolve(name);
  const header = headerOf(name, await contents(name, path));
  const { width, height } = header;
  if (width * height > MAX_PIXELS) {
    throw new UserError(
      `${name}: expected ${millions(MAX_PIXELS)} million pixels at most, got ${width}×${height}; make it smaller`,
    );
  }
  return { path, ...header };
}

// --- helpers ---

const millions = (value: number): number => value / 1e6;

async function contents(name: string, path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new UserError(`${name}: expected an image file, got ${kindOf(found)}`);
    if (found.size > MAX_FILE_BYTES) {
      throw new UserError(
        `${name}: expected ${millions(MAX_FILE_BYTES)} MB at most, got ${Math.ceil(millions(found.size))} MB`,
      );
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${name}: ${code === 'ENOENT' ? 'there is no such file' : `it can't be read (${message})`}`,
      { cause: error },
    );
  }
}

function kindOf(found: { isDirectory(): boolean }): string {
  return found.isDirectory() ? 'a folder' : 'something that is no file';
}

function headerOf(name: string, bytes: Buffer): ImageHeader {
  try {
    return readImageHeader(bytes);
  } catch (error) {
    if (!(error instanceof ImageHeaderError)) throw error;
    throw new UserError(`${name}: ${error.message}`, { cause: error });
  }
}
