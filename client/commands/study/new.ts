import { stat, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { isName } from '../../../study/definition/text-schemas.ts';
import type { FoundData } from '../../../trainer/protocol.ts';
import { askTrainer } from '../../ask-trainer.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { interruption } from '../../command-line/interruption.ts';
import { cifar10Study } from '../../new/cifar10-study.ts';
import { imagesStudy } from '../../new/images-study.ts';
import { type NewStudy, studyText } from '../../new/study-text.ts';
import { tableStudy } from '../../new/table-study.ts';

/** Writes NAME.ts: a small study about the data, with comments. */
export async function newStudy(name: string, { data }: { data?: string }): Promise<void> {
  if (!isName(name)) {
    throw new UsageError(
      `name: expected letters, digits, ".", "_" and "-", at most 64 of them, starting with a letter or digit, got "${name}"`,
    );
  }
  const file = `${name}.ts`;
  if (await exists(file)) {
    throw new UsageError(
      `${file}: expected no file of this name, since it would be replaced; choose another name, or remove it`,
    );
  }
  const made = data === undefined ? cifar10Study(name) : await aboutData(name, data);
  // What is written must run.
  parseStudy(made.study, file);
  await writeFile(file, studyText(made), { flag: 'wx' });
  for (const line of made.found) console.log(line);
  console.log(`\n${file} is written. To see what it would run, and to run it:`);
  console.log(`  npx staged-study check ${file}`);
  console.log(`  npx staged-study run ${file}`);
}

// --- helpers ---

async function aboutData(name: string, data: string): Promise<NewStudy> {
  const path = resolve(data);
  if (!(await exists(path)))
    throw new UsageError(`--data: expected a folder or file, got nothing there: ${path}`);
  const found: FoundData = await askTrainer(
    { kind: 'inspectData', path },
    { failure: '--data', signal: interruption() },
  );
  const source = relative('.', path) || '.';
  return found.kind === 'images' ? imagesStudy(name, source, found) : tableStudy(name, source, found);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
