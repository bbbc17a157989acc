import { readFile } from 'node:fs/promises';
import { UserError } from '../infra/user-error.ts';
import { cifar10 } from '../study/cifar10.ts';
import { InvalidStudyError, parseStudy } from '../study/parse-study.ts';
import type { Study, StudyInput } from '../study/study-schema.ts';

const SHIPPED: Record<string, StudyInput> = { cifar10 };

/**
 * A study by the name of one that ships, or from a JSON file.
 *
 * @throws {InvalidStudyError} listing what is wrong with it; {@link UserError} where there is no such study.
 */
export async function loadStudy(nameOrFile: string): Promise<Study> {
  const shipped = Object.hasOwn(SHIPPED, nameOrFile) ? SHIPPED[nameOrFile] : undefined;
  if (shipped) return parseStudy(shipped, nameOrFile);
  if (!nameOrFile.endsWith('.json')) {
    throw new UserError(
      `study: expected ${Object.keys(SHIPPED).join(', ')} or a .json file, got "${nameOrFile}"`,
    );
  }
  return parseStudy(await readJson(nameOrFile), nameOrFile);
}

// --- helpers ---

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new UserError(`${file}: the study can't be read (${(cause as Error).message})`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidStudyError(`${file}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
}
