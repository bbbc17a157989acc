import { readFile, stat } from 'node:fs/promises';
import { didYouMean } from '../../study/definition/did-you-mean.ts';
import { InvalidStudyError, parseStudy } from '../../study/definition/parse-study.ts';
import type { Study, StudyInput } from '../../study/definition/study-schema.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { UsageError } from '../command-line/exit-codes.ts';

const SHIPPED: Record<string, StudyInput> = { cifar10 };

/**
 * Loads a study: a shipped one by its name, or one from a JSON file, or the default export of a TypeScript or JavaScript
 * file.
 *
 * @throws {UsageError} if there is no such study.
 * @throws {InvalidStudyError} that lists everything wrong with the study.
 */
export async function loadStudy(nameOrFile: string): Promise<Study> {
  const shipped = Object.hasOwn(SHIPPED, nameOrFile) ? SHIPPED[nameOrFile] : undefined;
  if (shipped) return parseStudy(shipped, nameOrFile);
  const isProgram = /\.[cm]?[jt]s$/.test(nameOrFile);
  if (isProgram || nameOrFile.endsWith('.json')) {
    await checkFile(nameOrFile);
    // Loaded only now, since it loads a compiler.
    const read = isProgram ? (await import('./import-study-file.ts')).importStudyFile : readJson;
    return parseStudy(await read(nameOrFile), nameOrFile);
  }
  throw new UsageError(
    `study: expected ${Object.keys(SHIPPED).join(', ')}, or a .ts, .js or .json file, got "${nameOrFile}"` +
      didYouMean(nameOrFile, Object.keys(SHIPPED)),
  );
}

// --- helpers ---

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return;
  throw new UsageError(`${file}: expected a study file, got ${found ? 'a folder' : 'nothing there'}`);
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
