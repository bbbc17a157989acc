import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { readWeights, type WeightsFile } from './read-weights.ts';
import { WeightsError } from './weights-error.ts';

/** More than this no file of weights may have; a ResNet-152 has 240 MB. */
export const MAX_WEIGHTS_BYTES = 1_000_000_000;

/** A file that can't be read, or whose content is refused; the message begins with its name. */
export class WeightsFileError extends Error {
  override name = 'WeightsFileError';
}

/**
 * Reads a file of weights.
 *
 * @returns what it holds, and its SHA-256.
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
    // A pipe would wait for ever, a device might never end.
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > MAX_WEIGHTS_BYTES) {
      throw new Error(`it has ${found.size} bytes, of at most ${MAX_WEIGHTS_BYTES}`);
    }
    return await readFile(file);
  } catch (cause) {
    throw new WeightsFileError(`${file}: can't be read (${(cause as Error).message})`, { cause });
  }
}
