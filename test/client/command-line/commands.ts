/** Runs commands in this process, as a person types them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { main } from '../../../client/main.ts';
import type { StudyInput } from '../../../study/definition/study-schema.ts';

/** What a command printed last. */
let printed = '';
let folder: string;

/**
 * To be called by every test file that runs commands. Without servers: a command that wrongly starts a stack leaves its state in the folder.
 *
 * @returns the path of a file in a folder of the tests' own.
 */
export function useCommands(): { pathOf: (name: string) => string } {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'commands-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    printed = '';
    const print = (text: unknown) => {
      printed += `${text}\n`;
      return true;
    };
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation(print);
    vi.spyOn(console, 'error').mockImplementation(print);
    vi.spyOn(console, 'log').mockImplementation(print);
    for (const name of [
      'S3_ENDPOINT',
      'S3_ACCESS_KEY',
      'S3_SECRET_KEY',
      'TEMPORAL_ADDRESS',
      'CIFAR10_ARCHIVE',
    ])
      vi.stubEnv(name, undefined);
    vi.stubEnv('STAGED_STUDY_STATE', join(folder, 'state'));
    vi.stubEnv('STAGED_STUDY_CACHE', join(folder, 'cache'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    process.exitCode = undefined;
  });
  return { pathOf: (name) => join(folder, name) };
}

/** Writes a study as a file, and returns its path. */
export async function studyFile(study: StudyInput, name = `${study.name}.json`): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(study));
  return path;
}

/** Runs a command to its end. */
export async function exitCode(line: string): Promise<number> {
  printed = '';
  process.exitCode = undefined;
  await main(['node', 'staged-study', ...line.split(' ')]);
  return Number(process.exitCode ?? 0);
}

/** To standard output and standard error, by the last command. */
export function lastPrinted(): string {
  return printed;
}

/** Runs commands, one after another, and compares how each ends and what it prints. None prints a stack trace. */
export async function expectExits(table: [line: string, code: number, message: RegExp][]): Promise<void> {
  for (const [line, code, message] of table) {
    const found = await exitCode(line);
    expect({ line, code: found, printed }).toEqual({ line, code, printed });
    expect(printed).toMatch(message);
    expect(printed.trim()).not.toMatch(/\n\s+at /);
  }
}
