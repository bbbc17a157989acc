import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../client/command-line/exit-codes.ts';
import { loadStudy } from '../../../client/start/study-source.ts';
import { InvalidStudyError } from '../../../study/definition/parse-study.ts';
import { smallStudy } from '../../workflows/small-study.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'study-source-'));
  file = join(folder, 'mine.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('gives a shipped study by its name', async () => {
  const study = await loadStudy('cifar10');
  expect(study.name).toBe('cifar10');
  expect(Object.keys(study.profiles)).toEqual(expect.arrayContaining(['demo', 'full']));
});

it('gives a study from a JSON file, with its defaults filled in', async () => {
  await writeFile(file, JSON.stringify(smallStudy));
  expect(await loadStudy(file)).toMatchObject({
    name: 'small',
    seed: 1,
    base: { batchSize: 32, epochs: 10 },
  });
});

describe('a program', () => {
  const { stages, ...head } = smallStudy;
  const typescript = `
    import { defineStudy } from 'staged-study';
    import { question } from './question.ts';
    const head: object = ${JSON.stringify(head)};
    export default defineStudy(head as never)
      .compare('width', { ...${JSON.stringify(stages[0])}, question } as never);
  `;

  it.each([
    ['in a folder without a package.json', 'mine.ts', undefined],
    ['with its own module extension', 'mine.mts', undefined],
    ['in a folder of ES modules', 'mine.ts', { type: 'module' }],
    ['in a folder of CommonJS modules', 'mine.ts', { type: 'commonjs' }],
  ])('in TypeScript, %s, gives its default export', async (_where, name, manifest) => {
    if (manifest) await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'question.ts'), "export const question: string = 'How wide?';");
    const program = join(folder, name);
    await writeFile(program, typescript);
    expect(await loadStudy(program)).toMatchObject({
      name: 'small',
      stages: [{ name: 'width', question: 'How wide?' }],
    });
  });

  it.each([
    ['mine.js', 'export default'],
    ['mine.mjs', 'export default'],
    ['mine.cjs', 'module.exports ='],
  ])('in JavaScript, %s, gives its default export', async (name, start) => {
    const program = join(folder, name);
    await writeFile(program, `${start} ${JSON.stringify(smallStudy)};`);
    expect(await loadStudy(program)).toMatchObject({ name: 'small' });
  });

  it('can read a file beside it', async () => {
    await writeFile(file, JSON.stringify(smallStudy));
    const program = join(folder, 'mine.ts');
    await writeFile(
      program,
      `import { readFile } from 'node:fs/promises';
      export default JSON.parse(await readFile(new URL('mine.json', import.meta.url), 'utf8'));`,
    );
    expect(await loadStudy(program)).toMatchObject({ name: 'small' });
  });

  it.each([
    [
      'another default export',
      'export default () => 5;',
      /mine\.ts is not a study.*\n.*expected object, got null/,
    ],
    [
      'a value that JSON cannot hold',
      'const a: any = {}; a.a = a; export default a;',
      /mine\.ts: expected a study that can be written as JSON/,
    ],
    ['no default export', 'export const study = {};', /mine\.ts: expected the study as the default export/],
    [
      'a syntax error',
      '\nexport default { name: ; };',
      /mine\.ts: the study can't be compiled \(\S*mine\.ts:2: Unexpected ";"\)$/,
    ],
    [
      'an import that does not exist',
      "import './none.ts'; export default {};",
      /mine\.ts: the study can't be compiled \(\S*mine\.ts:1: Could not resolve ".\/none.ts"\)$/,
    ],
    [
      'an error of its own',
      "throw new Error('no luck');",
      /mine\.ts: the study can't be loaded \(no luck\)$/,
    ],
  ])('with %s is refused', async (_what, text, message) => {
    const program = join(folder, 'mine.ts');
    await writeFile(program, text);
    await expect(loadStudy(program)).rejects.toThrow(message);
  });
});

it.each(['cifar100', 'constructor', 'study.yaml', ''])(
  'refuses the name "%s", and says what it expects',
  async (name) => {
    const loading = loadStudy(name);
    await expect(loading).rejects.toThrow(UsageError);
    await expect(loading).rejects.toThrow(
      `study: expected cifar10, or a .ts, .js or .json file, got "${name}"`,
    );
  },
);

it('suggests a study with a similar name', async () => {
  await expect(loadStudy('cifar-10')).rejects.toThrow('got "cifar-10" (did you mean "cifar10"?)');
});

it('says that there is no such file', async () => {
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(UsageError);
  await expect(loading).rejects.toThrow(/mine\.json: expected a study file, got nothing there/);
  await mkdir(file);
  await expect(loadStudy(file)).rejects.toThrow(/mine\.json: expected a study file, got a folder/);
});

it('says where a file is not JSON', async () => {
  await writeFile(file, '{"name": "mine",}');
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(InvalidStudyError);
  await expect(loading).rejects.toThrow(/mine\.json: expected JSON, got .*JSON/);
});

it.each([
  ['an empty file', '', /mine\.json: expected JSON, got Unexpected end of JSON input/],
  ['an array', '[1, 2]', /mine\.json is not a study .*:\n {2}the study: expected object, got \[1,2\]/],
  ['null', 'null', /the study: expected object, got null/],
])('refuses %s', async (_what, text, message) => {
  await writeFile(file, text);
  await expect(loadStudy(file)).rejects.toThrow(message);
});

it('lists everything wrong with a study, with its place', async () => {
  const [first, ...others] = smallStudy.stages;
  const stages = [{ ...first, questoin: 'Which?' }, ...others.map((stage) => ({ ...stage, from: 'widht' }))];
  await writeFile(file, JSON.stringify({ ...smallStudy, stages }));
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(InvalidStudyError);
  await expect(loading).rejects.toThrow(/mine\.json is not a study.*\n.*stages\[0\]: unknown key "questoin"/);
});
