/**
 * Writes the tests' hostile files into a folder, to try them with the command line:
 *
 *     npx tsx test/training/weights/write-hostile-files.ts DIR
 *     for file in DIR/*; do npx staged-study check cifar10 --profile full --weights "$file"; done
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostileFiles } from './hostile-files.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected a folder to write to');
mkdirSync(folder, { recursive: true });
for (const [index, { what, bytes }] of hostileFiles().entries()) {
  const name = `${String(index).padStart(3, '0')}-${what.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
  writeFileSync(join(folder, name), bytes);
}
