import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';

/**
 * Where the images come from: `--dataset`, else `CIFAR10_ARCHIVE`, else null for the official archive.
 *
 * A file is checked to be there and made absolute, since a worker opens it.
 *
 * @throws {UsageError} where it is no file that can be read, and no http(s) address.
 */
export async function datasetSource(option: string | undefined): Promise<{ archive: string | null }> {
  // A variable that is empty counts as not set; an option is what somebody has typed.
  const given = option ?? (process.env.CIFAR10_ARCHIVE || undefined);
  if (given === undefined) return { archive: null };
  if (/^https?:\/\//.test(given)) return { archive: given };
  const file = resolve(given);
  const found = given === '' ? undefined : await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    const what = found ? 'something that is no file' : 'nothing there';
    const whose = option === undefined ? 'CIFAR10_ARCHIVE' : '--dataset';
    throw new UsageError(
      `${whose}: expected CIFAR-10's binary archive (cifar-10-binary.tar.gz), as a file or an address, got ${what}: ${given && file}`,
    );
  }
  return { archive: file };
}
