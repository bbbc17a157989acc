import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../client/main.ts';
import { projectRoot } from '../../infra/project.ts';
import { settingsSchema } from '../../study/definition/training-config.ts';

describe('main', () => {
  /** To standard output and to standard error. */
  const written = { out: '', err: '' };
  beforeEach(() => {
    const into = (where: keyof typeof written) => (text: unknown) => {
      written[where] += text;
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
    vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
    vi.spyOn(console, 'error').mockImplementation((text) => void into('err')(`${text}\n`));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    process.exitCode = undefined;
  });

  async function run(...args: string[]) {
    Object.assign(written, { out: '', err: '' });
    process.exitCode = undefined;
    await main(['node', 'staged-study', ...args]);
    return { code: process.exitCode ?? 0, ...written };
  }

  it('gives examples and exit codes for every command', async () => {
    const { code, out: overview } = await run('--help');
    expect(code).toBe(0);
    const commands = [...overview.matchAll(/^ {2}(?!npx)([a-z]+) .*\S$/gm)].map(([, name]) => name as string);
    expect(commands).toEqual(
      expect.arrayContaining(['run', 'list', 'show', 'up', 'down', 'worker', 'doctor']),
    );
    for (const command of commands.filter((name) => name !== 'help')) {
      const help = await run(command, '--help');
      expect(help.code).toBe(0);
      expect(help.out).toMatch(new RegExp(`\\nExamples?:\\n +npx staged-study ${command}`));
      expect(help.out).toMatch(/\nExit codes:\n +0 +\S.*\n +1 +\S.*\n +2 +\S.*\n(?: +3 .*\n)? +130 +\S/);
      for (const [, line] of help.out.matchAll(/^ +npx staged-study (.*)$/gm))
        await expectParsed(line as string);
    }
  });

  /** Checks that commander accepts an example, without running it. */
  async function expectParsed(line: string): Promise<void> {
    const [command = '', ...args] = line
      .replace(/ +#.*| && .*| > .*/, '')
      .match(/'[^']*'|\S+/g)
      ?.map((word) => word.replaceAll("'", '')) ?? [''];
    // Commander handles `--help` after it has checked the options, and before it runs the command.
    const { code, err } = await run(command, ...args, '--help');
    expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
  }

  it('names every setting that a retry can change', async () => {
    const { out } = await run('retry', '--help');
    for (const setting of Object.keys(settingsSchema.shape)) expect(out).toContain(setting);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    expect(await run('--version')).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('prints its help if nothing is typed', async () => {
    expect(await run()).toEqual(await run('--help'));
  });

  it('refuses to start or stop the stack if a Temporal server is configured', async () => {
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
    vi.stubEnv('S3_ENDPOINT', 'http://127.0.0.1:1');
    vi.stubEnv('S3_ACCESS_KEY', 'key');
    vi.stubEnv('S3_SECRET_KEY', 'secret');
    for (const command of ['up', 'down']) {
      const { code, err } = await run(command);
      expect(code).toBe(2);
      expect(err).toMatch(new RegExp(`^${command}: a Temporal server is configured.*unset TEMPORAL_ADDRESS`));
    }
  });
});

describe('the program', () => {
  function program(root: string, args: string[], nodeOptions: string[] = []) {
    return spawnSync(process.execPath, [...nodeOptions, join(root, 'client', 'staged-study.mjs'), ...args], {
      encoding: 'utf8',
    });
  }

  it('ends with the exit code of its command', () => {
    expect(program(projectRoot, ['--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(program(projectRoot, ['train'])).toMatchObject({ status: 2, stdout: '' });
    const refused = program(projectRoot, ['run', '--profile', 'fast']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^profile: expected one of demo, .*\n$/);
  });

  it('says in one line which versions of Node.js it supports', () => {
    const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })`;
    const { status, stderr } = program(projectRoot, ['list'], ['--import', `data:text/javascript,${older}`]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Node 18\.20\.0 is not supported: use Node 20.*\n$/);
  });

  it('says in one line that the npm packages are missing', () => {
    const root = mkdtempSync(join(tmpdir(), 'program-'));
    for (const part of [
      'client/staged-study.mjs',
      'infra/build/supported-node.mjs',
      'infra/build/compile.mjs',
    ]) {
      mkdirSync(join(root, part, '..'), { recursive: true });
      cpSync(join(projectRoot, part), join(root, part));
    }
    const { status, stderr } = program(root, ['--help']);
    rmSync(root, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'The npm packages are missing; run: npm ci\n' });
  });
});
