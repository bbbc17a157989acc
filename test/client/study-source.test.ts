import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadStudy } from '../../client/study-source.ts';
import { UserError } from '../../infra/user-error.ts';
import { InvalidStudyError } from '../../study/parse-study.ts';
import { smallStudy } from '../workflows/small-study.ts';

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
  expect(Object.keys(study.profiles)).toEqual(expect.arrayContaining(['demo', 'quick', 'report']));
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
    await expect(loading).rejects.toThrow(UserError);
    await expect(loading).rejects.toThrow(`study: expected cifar10, or a .json or .ts file, got "${name}"`);
  },
);

it('says that there is no such file', async () => {
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(UserError);
  await expect(loading).rejects.toThrow(/mine\.json: the study can't be read \(ENOENT/);
});

it('says where a file is no JSON', async () => {
  await writeFile(file, '{"name": "mine",}');
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(InvalidStudyError);
  await expect(loading).rejects.toThrow(/mine\.json: expected JSON, got .*JSON/);
});

it('names every fault of a study with its place', async () => {
  const [first, ...others] = smallStudy.stages;
  const stages = [{ ...first, questoin: 'Which?' }, ...others.map((stage) => ({ ...stage, from: 'widht' }))];
  await writeFile(file, JSON.stringify({ ...smallStudy, stages }));
  const loading = loadStudy(file);
  await expect(loading).rejects.toThrow(InvalidStudyError);
  await expect(loading).rejects.toThrow(/mine\.json is not a study.*\n.*stages\[0\]: unknown key "questoin"/);
});
