import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../../infra/user-error.ts';
import type { ImageFile } from '../../trainer/protocol.ts';
import { type ImageHeader, ImageHeaderError, readImageHeader } from './image-header.ts';

/** Twice the pixels of most phone cameras. Decoding takes up to 20 bytes for each. */
const MAX_PIXELS = 100_000_000;
const MAX_FILE_BYTES = 200_000_000;

/**
 * Reads the header of an image file, before anything is started or decoded.
 *
 * @throws {UserError} if it can't be read, is too large, or is not a PNG, JPEG or WebP.
 */
export async function imageFile(name: string): Promise<ImageFile> {
  const path = resolve(name);
  const header = headerOf(name, await contents(name, path));
  const { width, height } = header;
  if (width * height > MAX_PIXELS) {
    throw new UserError(
      `${name}: expected at most ${millions(MAX_PIXELS)} million pixels, got ${width}×${height}; make the image smaller`,
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
        `${name}: expected at most ${millions(MAX_FILE_BYTES)} MB, got ${Math.ceil(millions(found.size))} MB`,
      );
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${name}: ${code === 'ENOENT' ? 'no such file' : `it can't be read (${message})`}`, {
      cause: error,
    });
  }
}

function kindOf(found: { isDirectory(): boolean }): string {
  return found.isDirectory() ? 'a folder' : 'something else';
}

function headerOf(name: string, bytes: Buffer): ImageHeader {
  try {
    return readImageHeader(bytes);
  } catch (error) {
    if (!(error instanceof ImageHeaderError)) throw error;
    throw new UserError(`${name}: ${error.message}`, { cause: error });
  }
}
