/**
 * Writes the pages in docs/results/, docs/results.md and the results in the README from the records there: `npm run results`.
 *
 *     npm run results -- add hour report/record.json 1a2b3c4
 *
 * first takes over the record of a study, with the commit that it was run with. The README shows the results of the record that its
 * comment `<!-- results of NAME -->` names.
 */
import { resultFolders, takeOver, writeResults } from './results/documents.ts';

const [command, name, file, commit] = process.argv.slice(2);
if (command === 'add') {
  if (!name || !file || !commit) throw new Error('expected add NAME RECORD COMMIT, got fewer arguments');
  takeOver(name, file, commit);
} else if (command !== undefined) {
  throw new Error(`expected nothing or add, got ${command}`);
}
await writeResults();
console.log(`docs/results.md, docs/results/{${resultFolders().join(',')}}/index.html`);
