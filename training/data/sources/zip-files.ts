import zlib from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { DataError } from '../data-error.ts';
import { createEntries } from './entry-names.ts';
import type { SourceFile, SourceFiles } from './source-file.ts';

/** The files of a zip archive. See `openSourceFiles`. */
export async function openZip(archive: string, archiveBytes: number): Promise<SourceFiles> {
  const entries = createEntries(archive, archiveBytes);
  const byPath = new Map<string, Entry>();
  await withZip(archive, (zip) =>
    orDamaged(archive, async () => {
      for await (const entry of zip.eachEntry()) {
        const { fileName, uncompressedSize } = entry;
        if (isLink(entry)) {
          entries.refuse(fileName, 'is a link, expected regular files only; pack the files themselves');
        }
        if (entry.isEncrypted()) entries.refuse(fileName, 'is encrypted; pack it without a password');
        if (fileName.endsWith('/')) entries.addFolder(fileName);
        else {
          const path = entries.add(fileName, uncompressedSize);
          if (path !== undefined) byPath.set(path, entry);
        }
      }
    }),
  );
  const { files, folders } = entries.sorted();
  return {
    files,
    folders,
    readEach(wanted, use) {
      return withZip(archive, async (zip) => {
        for (const file of files) {
          const entry = byPath.get(file.path);
          if (!entry || !wanted.has(file.path)) continue;
          await use(file, await orDamaged(archive, () => contentOf(zip, entry, file, archive)));
        }
      });
    },
  };
}

// --- helpers ---

/** Of the file's mode, which Unix keeps in the upper half of the external attributes. */
const TYPE_MASK = 0o170000;
const LINK = 0o120000;

function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & TYPE_MASK) === LINK;
}

async function withZip<T>(archive: string, use: (zip: ZipFile) => Promise<T>): Promise<T> {
  const zip = await orDamaged(archive, () => openPromise(archive, { autoClose: false }));
  try {
    return await use(zip);
  } finally {
    zip.close();
  }
}

async function orDamaged<T>(archive: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(
      `${archive}: the archive is damaged (${(cause as Error).message}); pack or download it again`,
      { cause },
    );
  }
}

/** @throws {DataError} if its checksum is wrong. */
async function contentOf(zip: ZipFile, entry: Entry, { path }: SourceFile, archive: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const content = Buffer.concat(chunks);
  // Node has it since 20.15 and 22.2.
  if (zlib.crc32 && zlib.crc32(content) !== entry.crc32) {
    throw new DataError(
      `${archive}: entry ${JSON.stringify(path)} is damaged (its checksum differs); pack or download it again`,
    );
  }
  return content;
}
