import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UsageError } from '../../../client/command-line/usage-error.ts';
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

it('gives the study that ships by its name', async () => {
  const study = await loadStudy('cifar10');
  expect(study.name).toBe('cifar10');
  expect(Object.keys(study.profiles)).toEqual(expect.arrayContaining(['demo', 'full']));
});

it('gives a study from a file, with its defaults filled in', async () => {
  await writeFile(file, JSON.stringify(smallStudy));
  expect(await loadStudy(file)).toMatchObject({
    name: 'small',
    seed: 1,
    base: { batchSize: 32, epochs: 10 },
  });
});

it.each(['cifar100', 'constructor', 'study.yaml', ''])(
  'knows no study "%s", and says which it knows',
  async (name) => {
    const loading = loadStudy(name);
    await expect(loading).rejects.toThrow(UsageError);
    await expect(loading).rejects.toThrow(`study: expected cifar10, or a .json or .ts file, got "${name}"`);
  },
);

it('names the study that is written like it', async () => {
  await expect(loadStudy('cifar-10')).rejects.toThrow('got "cifar-10" (did you mean "cifar10"?)');
});

it('says that there is no such file', async () => {
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(UsageError);
  await expect(loading).rejects.toThrow(/mine\.json: expected a study's file, got nothing there/);
  await mkdir(file);
  await expect(loadStudy(file)).rejects.toThrow(/mine\.json: expected a study's file, got a folder/);
});

it('says where a file is no JSON', async () => {
  await writeFile(file, '{"name": "mine",}');
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(InvalidStudyError);
  await expect(loading).rejects.toThrow(/mine\.json: expected JSON, got .*JSON/);
});

it.each([
  ['an empty file', '', /mine\.json: expected JSON, got Unexpected end of JSON input/],
  [
    'no study at all',
    '[1, 2]',
    /mine\.json is not a study that can be run:\n {2}the study: expected object, got \[1,2\]/,
  ],
  ['null', 'null', /the study: expected object, got null/],
])('refuses %s', async (_what, text, message) => {
  await writeFile(file, text);
  await expect(loadStudy(file)).rejects.toThrow(message);
});

it.each([
  [
    'an export that is no study',
    'export default () => 5;',
    /mine\.ts is not a study.*\n.*expected object, got null/,
  ],
  [
    'what is no JSON',
    'const a = {}; a.a = a; export default a;',
    /mine\.ts: expected a study that can be written as JSON/,
  ],
  ['no default export', 'export const study = {};', /mine\.ts: expected the study as its default export/],
  ['a fault of its own', "throw new Error('no luck');", /mine\.ts: the study can't be loaded \(no luck\)/],
])('refuses a program with %s', async (_what, text, message) => {
  const program = join(folder, 'mine.ts');
  await writeFile(program, text);
  await expect(loadStudy(program)).rejects.toThrow(message);
});

it('names every fault of a study with its place', async () => {
  const [first, ...others] = smallStudy.stages;
  const stages = [{ ...first, questoin: 'Which?' }, ...others.map((stage) => ({ ...stage, from: 'widht' }))];
  await writeFile(file, JSON.stringify({ ...smallStudy, stages }));
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(InvalidStudyError);
  await expect(loading).rejects.toThrow(/mine\.json is not a study.*\n.*stages\[0\]: unknown key "questoin"/);
});
