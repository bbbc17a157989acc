import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidStudyError, parseStudy } from '../../study/definition/parse-study.ts';
import type { Study, StudyInput } from '../../study/definition/study-schema.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { didYouMean } from '../command-line/did-you-mean.ts';
import { UsageError } from '../command-line/usage-error.ts';

const SHIPPED: Record<string, StudyInput> = { cifar10 };

/**
 * A study by the name of one that ships, from a JSON file, or from a TypeScript file whose default export it is.
 *
 * @throws {InvalidStudyError} listing what is wrong with it; {@link UsageError} where there is no such study.
 */
export async function loadStudy(nameOrFile: string): Promise<Study> {
  const shipped = Object.hasOwn(SHIPPED, nameOrFile) ? SHIPPED[nameOrFile] : undefined;
  if (shipped) return parseStudy(shipped, nameOrFile);
  const isProgram = /\.[cm]?[jt]s$/.test(nameOrFile);
  if (isProgram || nameOrFile.endsWith('.json')) {
    await checkFile(nameOrFile);
    const read = isProgram ? importDefault : readJson;
    return parseStudy(await read(nameOrFile), nameOrFile);
  }
  throw new UsageError(
    `study: expected ${Object.keys(SHIPPED).join(', ')}, or a .json or .ts file, got "${nameOrFile}"` +
      didYouMean(nameOrFile, Object.keys(SHIPPED)),
  );
}

// --- helpers ---

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return;
  throw new UsageError(`${file}: expected a study's file, got ${found ? 'a folder' : 'nothing there'}`);
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module = await import(pathToFileURL(resolve(file)).href);
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    throw new UsageError(`${file}: the study can't be loaded (${(cause as Error).message})`, { cause });
  }
  throw new UsageError(
    `${file}: expected the study as its default export, got none; write "export default …"`,
  );
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file}: the study can't be read (${(cause as Error).message})`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidStudyError(`${file}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
}
