import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rememberIds } from '../../../client/command-line/known-ids.ts';
import { main } from '../../../client/main.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';

let folder: string;
const scripts = { bash: '', zsh: '', fish: '' };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'completion-'));
  await writeFile(join(folder, 'my study.ts'), '');
  vi.stubEnv('STAGED_STUDY_CACHE', join(folder, 'the cache'));
  await rememberIds(['gone-1']);
  await rememberIds(['cifar10-demo-1', 'mine-2']);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  for (const shell of Object.keys(scripts) as (keyof typeof scripts)[]) {
    await main(['node', 'staged-study', 'completion', shell]);
    scripts[shell] = String(write.mock.lastCall?.[0]);
  }
  write.mockRestore();
});
afterAll(() => {
  vi.unstubAllEnvs();
  return rm(folder, { recursive: true });
});

/** What is typed, and what the last word can become. */
const CASES: [line: string, ...completions: string[]][] = [
  ['ru', 'run'],
  ['--v', '--version'],
  ['run --da', '--dataset'],
  ['run cif', 'cifar10'],
  ['run my', 'my study.ts'],
  ['run --dataset my', 'my study.ts'],
  ['run --profile ', ...Object.keys(cifar10.profiles)],
  ['run --profile demo --from', '--from-scratch'],
  ['worker ', 'control', 'training'],
  ['completion z', 'zsh'],
  ['help exp', 'export-model'],
  ['show ', 'cifar10-demo-1', 'mine-2'],
  ['run --id mi', 'mine-2'],
  ['gc --study ci', 'cifar10-demo-1'],
  ['report mine-2 --out x'],
];

describe('bash', () => {
  it.each(CASES)('completes "%s"', (line, ...completions) => {
    const words = ['staged-study', ...line.split(' ')];
    const command = `
      # Bash allows compopt only while a person completes.
      compopt() { :; }
      ${scripts.bash}
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
      _staged_study
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(printedBy('bash', ['--norc', '-c', command])).toEqual(completions);
  });
});

describe.skipIf(isMissing('fish'))('fish', () => {
  it.each(CASES)('completes "%s"', (line, ...completions) => {
    const command = `${scripts.fish}\ncomplete -C 'staged-study ${line}'`;
    const printed = printedBy('fish', ['--no-config', '-c', command]);
    expect(printed.map((each) => each.split('\t')[0]?.replaceAll('\\ ', ' '))).toEqual(completions);
  });
});

describe.skipIf(isMissing('zsh'))('zsh', () => {
  it('can read the script', () => {
    expect(spawnSync('zsh', ['-n'], { input: scripts.zsh, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});

it('a description with quotes and brackets is quoted', () => {
  expect(scripts.zsh).toContain("'--profile[how large (default\\: the study'\\''s first profile);");
  expect(scripts.fish).toContain("-d 'how large (default: the study\\'s first profile);");
});

// --- helpers ---

function isMissing(shell: string): boolean {
  return spawnSync(shell, ['--version']).error !== undefined;
}

/** The lines that it prints, without empty ones. */
function printedBy(shell: string, args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}
