import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newStudy } from '../../../client/commands/study/new.ts';
import { loadStudy } from '../../../client/start/study-source.ts';
import { printing } from '../../study-run/printing.ts';
import { writeTree } from '../../training/data/archives.ts';
import { classFolders } from '../../training/data/pictures.ts';

let folder: string;
const before = process.cwd();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'new-study-'));
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true });
});

it('a folder of pictures gives a study of their size and classes, which loads', async () => {
  await writeTree(join(folder, 'animals'), await classFolders(['cat', 'dog', "owl's"], 4));
  const { text } = await printing(() => newStudy('pets', { data: 'animals' }));
  expect(text).toMatch(/^12\u00a0images in 3\u00a0classes: cat, dog, owl's\n8×8 pixels; without test images/);
  const study = await loadStudy('pets.ts');
  expect(study.data).toMatchObject({
    kind: 'images',
    source: 'animals',
    classes: 3,
    height: 8,
    width: 8,
    channels: 3,
  });
  expect(study.stages.map(({ kind }) => kind)).toEqual(['compare', 'search', 'test']);
  expect(await readFile('pets.ts', 'utf8')).toContain('// The size that the images have.\n');
});

it('a table gives its label, categories, and what is left out', async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `n${i},${i},${['a', 'b'][i % 2]},${i % 7 ? i / 2 : ''},${i % 3}`,
  );
  await writeFile('t.csv', `name,age,ward,weight,class\n${rows.join('\n')}\n`);
  await printing(() => newStudy('patients', { data: 't.csv' }));
  const study = await loadStudy('patients.ts');
  expect(study.data).toMatchObject({
    kind: 'table',
    label: 'class',
    classes: 3,
    categorical: ['ward'],
    ignored: ['name'],
    missing: 'fill',
    features: 4,
  });
  expect(study.base.horizontalFlip).toBe(0);
});

it('without data, it is about CIFAR-10', async () => {
  await printing(() => newStudy('first', {}));
  expect((await loadStudy('first.ts')).data).toBeUndefined();
});

it('replaces no file, and refuses what is no data in one line', async () => {
  await writeFile('mine.ts', 'precious');
  await expect(newStudy('mine', {})).rejects.toThrow(/^mine\.ts: expected no file of this name/);
  expect(await readFile('mine.ts', 'utf8')).toBe('precious');
  await expect(newStudy('../mine', {})).rejects.toThrow(/^name: expected letters, digits/);
  await expect(newStudy('other', { data: 'nowhere' })).rejects.toThrow(
    /^--data: expected a folder or file, got nothing there/,
  );
  await writeTree(join(folder, 'notes'), { 'a/b.txt': 'text' });
  await expect(newStudy('other', { data: 'notes' })).rejects.toThrow(
    /^--data: [^\n]*expected class folders of images[^\n]*$/,
  );
});
