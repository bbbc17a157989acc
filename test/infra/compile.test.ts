import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../infra/project.ts';

// A checkout with the real command and build, the command line's main function, and two other sources without content.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compile-'));
  for (const path of ['package.json', 'package-lock.json', 'client/staged-study.mjs', 'infra/build']) {
    cpSync(join(projectRoot, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  writeJson('tsconfig.json', {});
  writeJson('tsconfig.build.json', { include: ['index.ts', 'client'] });
  writeFileSync(join(folder, 'index.ts'), '');
  mkdirSync(join(folder, 'infra', 'stack'));
  writeFileSync(join(folder, 'infra', 'stack', 'supervisor.ts'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

function writeJson(file: string, value: unknown): void {
  writeFileSync(join(folder, file), JSON.stringify(value));
}

function writeMain(body: string): void {
  writeFileSync(join(folder, 'client', 'main.ts'), `export async function main(): Promise<void> { ${body} }`);
}

function runCommand() {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'client', 'staged-study.mjs')],
    {
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

const compiledAt = () => statSync(join(folder, 'dist', 'bundle', 'main.js')).mtimeMs;

test('the command compiles its source if it has changed, and only then', () => {
  writeMain("console.log('one');");
  expect(runCommand()).toEqual({ status: 0, stdout: 'one\n', stderr: '' });
  const first = compiledAt();
  expect(runCommand()).toEqual({ status: 0, stdout: 'one\n', stderr: '' });
  expect(compiledAt()).toBe(first);

  writeMain("console.log('changed');");
  expect(runCommand()).toEqual({ status: 0, stdout: 'changed\n', stderr: '' });
});

test('a compile error is one message without a stack trace, and is reported until it is fixed', () => {
  writeMain("console.log('one' 2);");
  for (let attempt = 0; attempt < 2; attempt++) {
    const { status, stdout, stderr } = runCommand();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^The TypeScript sources don't compile:\n.*Expected "\)" but found "2"\n\n +client\/main\.ts:1:\d+:\n/,
    );
    expect(stderr).not.toMatch(/^ +at /m);
  }
});

test('the lock of a process that was killed is removed', () => {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const lock = join(folder, 'dist', '.lock');
  const { pid } = spawnSync('true');
  writeFileSync(lock, String(pid));
  writeMain("console.log('fixed');");
  expect(runCommand()).toEqual({ status: 0, stdout: 'fixed\n', stderr: '' });
  expect(() => readFileSync(lock)).toThrow('ENOENT');
});
