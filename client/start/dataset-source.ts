import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../command-line/exit-codes.ts';
import { checkUrl, isUrl } from './is-url.ts';

/**
 * Where the images come from: `--dataset`, otherwise `CIFAR10_ARCHIVE`, otherwise the official archive (null).
 *
 * The path of a file becomes absolute, because a worker opens it.
 *
 * @throws {UsageError} if it is neither an existing file nor an http(s) URL.
 */
export async function datasetSource(option: string | undefined): Promise<{ archive: string | null }> {
  // An empty variable counts as unset. An empty option is a mistake.
  const given = option ?? (process.env.CIFAR10_ARCHIVE || undefined);
  if (given === undefined) return { archive: null };
  const whose = option === undefined ? 'CIFAR10_ARCHIVE' : '--dataset';
  if (isUrl(given)) {
    checkUrl(whose, given);
    return { archive: given };
  }
  const file = resolve(given);
  const found = given === '' ? undefined : await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    const what = found ? 'something else' : 'nothing there';
    throw new UsageError(
      `${whose}: expected CIFAR-10's binary archive (cifar-10-binary.tar.gz), as a file or a URL, got ${what}: ${given && file}`,
    );
  }
  return { archive: file };
}
