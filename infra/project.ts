import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, whether this code runs from its source or from `dist/`. */
export const projectRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

/**
 * The path of a compiled program of this project, for running it as a process.
 *
 * @param entry its source without the extension, such as `trainer/main`, or `bundle/` and a name in `infra/build/compiler.mjs`.
 */
export function compiledProgram(entry: string): string {
  return join(projectRoot, 'dist', `${entry}.js`);
}

// --- helpers ---

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
