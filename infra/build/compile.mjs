// Plain JavaScript: it makes the JavaScript that everything else runs as.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const stampFile = join(dist, '.sources');
const lock = join(root, '.compiling');

/** A compiler that was killed leaves its lock; none takes this long. */
const LOCK_EXPIRES_MS = 120_000;

/**
 * Compiles TypeScript to `dist/` if a source has changed since the last time, so that nobody has to remember to. An
 * installed package has no sources, and is left alone.
 *
 * @throws {Error} with the compiler's messages.
 */
export function compileIfStale() {
  if (!existsSync(join(root, 'tsconfig.build.json'))) return;
  const sources = describeSources();
  if (readIfThere(stampFile) === sources) return;
  takeLock();
  try {
    if (readIfThere(stampFile) === sources) return;
    compile();
    writeFileSync(stampFile, sources);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

// --- helpers ---

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`TypeScript can't be compiled:\n${stdout}${stderr}`);
}

/** Changes with the name, size or time of any source, and with the compiler's options. */
function describeSources() {
  const config = readFileSync(join(root, 'tsconfig.build.json'), 'utf8');
  const files = JSON.parse(config).include.flatMap(filesOf);
  const hash = createHash('sha256')
    .update(config)
    .update(readFileSync(join(root, 'tsconfig.json')));
  for (const file of [...files, 'package-lock.json']) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** @param {string} place a file or folder @returns {string[]} */
function filesOf(place) {
  if (place.endsWith('.ts')) return [place];
  return readdirSync(join(root, place), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?[tj]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .sort();
}

function takeLock() {
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (since > 0 && Date.now() - since > LOCK_EXPIRES_MS) rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
