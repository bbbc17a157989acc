import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Study } from '../../study/definition/study-schema.ts';
import { UsageError } from '../command-line/exit-codes.ts';
import { checkUrl, isUrl } from './is-url.ts';

/**
 * Where the data come from: `--dataset`; otherwise what the study says, from the folder of its file. A study without data of
 * its own takes `CIFAR10_ARCHIVE`, otherwise CIFAR-10's official archive (null).
 *
 * The path of a file or folder becomes absolute, because a worker opens it.
 *
 * @param option `--dataset`, if it is given.
 * @param nameOrFile as the study was named.
 * @throws {UsageError} if it is neither there nor an http(s) URL.
 */
export async function datasetSource(
  option: string | undefined,
  { data }: Pick<Study, 'data'>,
  nameOrFile: string,
): Promise<{ archive: string | null }> {
  // An empty variable counts as unset. An empty option is a mistake.
  if (option !== undefined)
    return { archive: await checked('--dataset', option, option, data !== undefined) };
  if (data) {
    const { source } = data;
    if (source === undefined) {
      throw new UsageError(
        '--dataset: expected a folder, a file or a URL, since the study names no "source" of its data, got none',
      );
    }
    const given = isUrl(source) ? source : resolve(dirname(nameOrFile), source);
    return { archive: await checked('data.source', given, source, true) };
  }
  const given = process.env.CIFAR10_ARCHIVE || undefined;
  return { archive: given === undefined ? null : await checked('CIFAR10_ARCHIVE', given, given, false) };
}

// --- helpers ---

/** @param written as a person has written it. */
async function checked(whose: string, given: string, written: string, isOwn: boolean): Promise<string> {
  if (isUrl(given)) {
    checkUrl(whose, given);
    return given;
  }
  const path = resolve(given);
  const found = given === '' ? undefined : await stat(path).catch(() => undefined);
  if (found?.isFile() || (isOwn && found?.isDirectory())) return path;
  const what = found ? 'something else' : 'nothing there';
  const wanted = isOwn
    ? 'a folder, a file or a URL'
    : "CIFAR-10's binary archive (cifar-10-binary.tar.gz), as a file or a URL";
  throw new UsageError(`${whose}: expected ${wanted}, got ${what}: ${written && path}`);
}
