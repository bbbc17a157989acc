// Plain JavaScript, as compile.mjs is, which loads it only if there is something to compile.
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, formatMessages } from 'esbuild';
import { bundleTfjs } from './bundle-tfjs.mjs';

/**
 * Compiles each source to a file of its own in `dist/`, and bundles the command line and the stack's supervisor with
 * their libraries in `dist/bundle/`: a command then reads 20 files instead of 400, and takes two thirds of the time. Trainers
 * have a bundle of the part of tfjs that they use.
 *
 * @param {string} root the project's folder.
 * @param {string[]} files the sources, relative to it.
 * @throws {Error} with the compiler's messages, if there are errors.
 */
export async function compile(root, files) {
  try {
    await Promise.all([compileFiles(root, files), bundleCommandLine(root), bundleTfjs(root)]);
  } catch (error) {
    const { errors } = /** @type {Partial<import('esbuild').BuildFailure>} */ (error);
    if (!errors?.length) throw error;
    const messages = await formatMessages(errors, { kind: 'error' });
    throw new Error(`The TypeScript sources don't compile:\n${messages.join('').trimEnd()}`, {
      cause: error,
    });
  }
}

// --- helpers ---

/** Files of earlier bundles stay for a week: a command that is running may still load them. */
const OLD_MS = 7 * 24 * 3_600_000;

/** @type {import('esbuild').BuildOptions} */
const COMMON = { bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' };

/**
 * Names the compiled file in every import of a source, and leaves it and the libraries where they are.
 *
 * @type {import('esbuild').Plugin}
 */
const importCompiledFiles = {
  name: 'import-compiled-files',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/^(\..*)\.ts$/, '$1.js'), external: true },
    );
  },
};

/** @param {string} root @param {string[]} files */
async function compileFiles(root, files) {
  const dist = join(root, 'dist');
  const isJavaScript = (/** @type {string} */ file) => file.endsWith('js');
  for (const file of files.filter(isJavaScript)) cpSync(join(root, file), join(dist, file));
  await build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: files.filter((file) => !isJavaScript(file)),
    outbase: root,
    outdir: dist,
    plugins: [importCompiledFiles],
  });
}

/** @param {string} root */
async function bundleCommandLine(root) {
  const folder = join(root, 'dist', 'bundle');
  const { metafile } = await build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: { main: 'client/main.ts', supervisor: 'infra/stack/supervisor.ts', index: 'index.ts' },
    outdir: folder,
    // `staged-study` is this checkout's index.ts.
    conditions: ['source', 'module'],
    // A command loads only the files that have what it uses.
    splitting: true,
    // They are large and few commands use them; esbuild looks for its program beside itself.
    external: ['esbuild', 'vega', 'vega-lite'],
    // Libraries that are CommonJS modules call `require`.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    metafile: true,
  });
  const current = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of readdirSync(folder).filter((each) => !current.has(each))) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path);
  }
}
