import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { makeFolder } from '../../infra/make-folder.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/** The file that marks a folder as an export: what it holds, and the SHA-256 of every other file. */
export const EXPORT_FILE = 'export.json';

/**
 * Checks that a folder may become an export: it does not exist, is empty, or holds only an earlier export.
 *
 * @throws {UsageError} if it holds anything else.
 */
export async function checkExportFolder(name: string): Promise<void> {
  const folder = resolve(name);
  const found = await stat(folder).catch(() => undefined);
  if (!found) return;
  if (!found.isDirectory()) throw new UsageError(`--to: expected a folder, got a file: ${name}`);
  const files = await filesIn(folder);
  const own = new Set([EXPORT_FILE, ...(await filesOfExport(folder))]);
  const [foreign] = files.filter((file) => !own.has(file) && !COMPILED.test(file));
  if (foreign === undefined) return;
  throw new UsageError(
    `--to: expected a folder that is empty or an earlier export, got ${name}, which holds ${foreign}; choose another`,
  );
}

/**
 * Writes an export to a temporary folder, and moves it to its place when it is complete. Replaces an earlier export.
 *
 * @param about what {@link EXPORT_FILE} holds in addition to the hashes.
 * @param write fills an empty folder.
 */
export async function writeExport(
  name: string,
  about: Record<string, unknown>,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = resolve(name);
  const beside = join(dirname(folder), `.${basename(folder)}-${randomUUID()}`);
  makeFolder(beside);
  try {
    await write(beside);
    const files = Object.fromEntries((await hashesIn(beside)).map(({ path, sha256 }) => [path, sha256]));
    await writeFile(
      join(beside, EXPORT_FILE),
      `${JSON.stringify({ format: 1, ...about, files }, null, 2)}\n`,
    );
    await checkExportFolder(name);
    await rm(folder, { recursive: true, force: true });
    await rename(beside, folder);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** The files of a folder, sorted by path. */
export async function hashesIn(
  folder: string,
): Promise<{ path: string; sizeBytes: number; sha256: string }[]> {
  const hashed = [];
  for (const path of await filesIn(folder)) {
    const bytes = await readFile(join(folder, path));
    hashed.push({
      path,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  }
  return hashed;
}

// --- helpers ---

/** What Python writes when the exported module is imported. */
const COMPILED = /^__pycache__\/load_in_pytorch\.[\w.-]+\.pyc$/;

/** Paths within the folder, sorted. Links count as files, of which an export has none. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** The files that an earlier export lists; none if there is no export that can be read. */
async function filesOfExport(folder: string): Promise<string[]> {
  try {
    const { files } = JSON.parse(await readFile(join(folder, EXPORT_FILE), 'utf8'));
    return Object.keys(files);
  } catch {
    return [];
  }
}
