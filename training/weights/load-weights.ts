import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { readWeights, type WeightsFile } from './read-weights.ts';
import { WeightsError } from './weights-error.ts';

/** The largest file that is read. A ResNet-152 has 240 MB. */
export const MAX_WEIGHTS_BYTES = 1_000_000_000;

/** A file that can't be read, or whose content is refused. The message begins with its path. */
export class WeightsFileError extends Error {
  override name = 'WeightsFileError';
}

/**
 * Reads a file of weights.
 *
 * @returns its content and its SHA-256.
 * @throws {WeightsFileError}
 */
export async function loadWeights(file: string): Promise<WeightsFile & { fileSha256: string }> {
  const bytes = await read(file);
  try {
    return { ...readWeights(bytes), fileSha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (cause) {
    if (!(cause instanceof WeightsError)) throw cause;
    throw new WeightsFileError(`${file}: ${cause.message}`, { cause });
  }
}

// --- helpers ---

async function read(file: string): Promise<Buffer> {
  try {
    const found = await stat(file);
    // Reading a pipe could block forever, and a device may have no end.
    if (!found.isFile()) throw new Error('not a regular file');
    if (found.size > MAX_WEIGHTS_BYTES) {
      throw new Error(`it has ${found.size} bytes, expected at most ${MAX_WEIGHTS_BYTES}`);
    }
    return await readFile(file);
  } catch (cause) {
    throw new WeightsFileError(`${file}: can't be read (${(cause as Error).message})`, { cause });
  }
}
