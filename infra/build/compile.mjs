// Plain JavaScript: it produces the JavaScript that the rest of the program runs as.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const stampFile = join(dist, '.sources');
const lockFile = join(dist, '.lock');

/** Far longer than the compiler takes. */
const LOCK_EXPIRES_MS = 300_000;

/**
 * Compiles TypeScript to `dist/` if a source has changed since the last time. Types are not checked: that takes ten times
 * as long, and `npm run check` does it. An installed package has no sources and is left alone.
 *
 * @throws {Error} with the compiler's messages, if there are errors.
 */
export async function compileIfStale() {
  if (!existsSync(join(root, 'tsconfig.build.json'))) return;
  const sources = describeSources();
  if (readIfThere(stampFile) === sources) return;
  takeLock();
  try {
    // Another process may have compiled them in the meantime.
    if (readIfThere(stampFile) === sources) return;
    if (process.stderr.isTTY) console.error('Compiling TypeScript …');
    const { compile } = await import('./compiler.mjs');
    await compile(root, sourceFiles());
    writeFileSync(stampFile, sources);
  } finally {
    rmSync(lockFile, { force: true });
  }
}

// --- helpers ---

/** A hash that changes with the name, size or time of any source, and with the compiler or its options. */
function describeSources() {
  const hash = createHash('sha256');
  for (const file of [...sourceFiles(), 'tsconfig.build.json', 'tsconfig.json', 'package-lock.json']) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** @returns {string[]} */
function sourceFiles() {
  const config = readFileSync(join(root, 'tsconfig.build.json'), 'utf8');
  return JSON.parse(config).include.flatMap(filesOf);
}

/** @param {string} place a file or folder. @returns {string[]} */
function filesOf(place) {
  if (place.endsWith('.ts')) return [place];
  return readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[tj]s$/.test(file))
    .map((file) => join(place, file))
    .sort();
}

/**
 * Waits for another process that is compiling. A lock is removed if its process has ended, or if it has expired because
 * the process's number is in use again. If two processes remove it at the same time, both compile, which does no harm.
 */
function takeLock() {
  mkdirSync(dist, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (isStale()) rmSync(lockFile, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

function isStale() {
  const holder = readIfThere(lockFile);
  const { mtimeMs = Date.now() } = statSync(lockFile, { throwIfNoEntry: false }) ?? {};
  return (holder && !existsSync(`/proc/${holder}`)) || Date.now() - mtimeMs > LOCK_EXPIRES_MS;
}

/** @param {string} file @returns {string | undefined} */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
