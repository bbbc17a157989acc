import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract, type Header } from 'tar-stream';
import { DataError } from '../data-error.ts';
import { createEntries, relativePath } from './entry-names.ts';
import type { SourceFiles } from './source-file.ts';

/** The files of a tar archive, gzipped or not. See `openSourceFiles`. */
export async function openTar(
  archive: string,
  archiveBytes: number,
  isGzipped: boolean,
): Promise<SourceFiles> {
  const entries = createEntries(archive, archiveBytes);
  await walk(archive, isGzipped, (header) => {
    const { name, type, size = 0 } = header;
    if (type === 'directory') entries.addFolder(name);
    else if (type === 'file' || type === 'contiguous-file') entries.add(name, size);
    else entries.refuse(name, `is a ${type}, expected regular files only; pack the files themselves`);
    return undefined;
  });
  const { files, folders } = entries.sorted();
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    files,
    folders,
    readEach(wanted, use) {
      return walk(archive, isGzipped, ({ name, type }) => {
        if (type !== 'file' && type !== 'contiguous-file') return undefined;
        const path = relativePath(name) ?? '';
        const file = wanted.has(path) ? byPath.get(path) : undefined;
        return file && ((bytes) => use(file, bytes));
      });
    },
  };
}

// --- helpers ---

type Use = (bytes: Buffer) => Promise<void>;

/** An error of whoever takes the entries, rather than of the archive. */
class VisitorError extends Error {}

/** Calls `visit` for each entry, and what it gives with the entry's content. */
async function walk(
  archive: string,
  isGzipped: boolean,
  visit: (header: Header) => Use | undefined,
): Promise<void> {
  const entries = extract();
  const source = createReadStream(archive);
  const fed = isGzipped ? pipeline(source, createGunzip(), entries) : pipeline(source, entries);
  const [visited, read] = await Promise.allSettled([visitEach(entries, visit), fed]);
  if (visited.status === 'rejected' && visited.reason instanceof VisitorError) throw visited.reason.cause;
  const failed = read.status === 'rejected' ? read : visited;
  if (failed.status === 'fulfilled') return;
  throw new DataError(
    `${archive}: the archive is damaged or cut off (${failed.reason.message}); pack or download it again`,
    { cause: failed.reason },
  );
}

async function visitEach(entries: Extract, visit: (header: Header) => Use | undefined): Promise<void> {
  for await (const entry of entries) {
    const use = await orVisitorError(async () => visit(entry.header));
    const chunks: Buffer[] = [];
    for await (const chunk of entry) if (use) chunks.push(chunk as Buffer);
    if (use) await orVisitorError(() => use(Buffer.concat(chunks)));
  }
}

async function orVisitorError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new VisitorError('', { cause });
  }
}
