import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildFailure, build, type Plugin } from 'esbuild';
import { compiledProgram } from '../../infra/project.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/**
 * The default export of a TypeScript or JavaScript file.
 *
 * The file is bundled before it is imported. This makes it work in every folder: whatever a package.json there says about
 * modules, and without an installed `staged-study`.
 *
 * @throws {UsageError} if the file can't be compiled, if it throws, or if it has no default export.
 */
export async function importStudyFile(file: string): Promise<unknown> {
  const module = await importBundle(file, await bundle(file));
  if (module.default !== undefined) return module.default;
  throw new UsageError(
    `${file}: expected the study as the default export, got none; write "export default …"`,
  );
}

// --- helpers ---

/** Resolves `staged-study` to this program, wherever the importing file is. */
const ownPackage: Plugin = {
  name: 'own-package',
  setup({ onResolve }) {
    // The one in the bundle that this command runs from: an error's class is then the same here and in the study's file.
    const path = pathToFileURL(compiledProgram('bundle/index')).href;
    onResolve({ filter: /^staged-study$/ }, () => ({ path, external: true }));
  },
};

/** @returns JavaScript. */
async function bundle(file: string): Promise<Uint8Array> {
  try {
    const { outputFiles } = await build({
      entryPoints: [resolve(file)],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      // Imported from a data URL, the bundle has no path of its own.
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(resolve(file)).href) },
      plugins: [ownPackage],
      logLevel: 'silent',
    });
    return outputFiles[0]?.contents as Uint8Array;
  } catch (cause) {
    throw new UsageError(`${file}: the study can't be compiled (${firstError(cause as BuildFailure)})`, {
      cause,
    });
  }
}

async function importBundle(file: string, javascript: Uint8Array): Promise<{ default?: unknown }> {
  try {
    return await import(`data:text/javascript;base64,${Buffer.from(javascript).toString('base64')}`);
  } catch (cause) {
    throw new UsageError(`${file}: the study can't be loaded (${(cause as Error).message})`, { cause });
  }
}

/** `my-study.ts:3: Expected ";" but found "}"` */
function firstError({ errors, message }: BuildFailure): string {
  const [error] = errors ?? [];
  if (!error) return message;
  const { location, text } = error;
  return location ? `${location.file}:${location.line}: ${text}` : text;
}
