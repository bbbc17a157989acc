import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, whether this runs from the sources or from `dist/`. */
export const projectRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** The path of a compiled program of this project, to run it in a process of its own. @param entry `trainer/main` */
export function compiledProgram(entry: string): string {
  return join(projectRoot, 'dist', `${entry}.js`);
}

// --- helpers ---

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
