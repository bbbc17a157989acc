import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { main } from '../../client/main.ts';
import { datasetSource } from '../../client/start/dataset-source.ts';
import { startOrResume } from '../../client/start/start-study.ts';
import fruit from '../../examples/fruit.ts';
import signs from '../../examples/signs.ts';
import { projectRoot } from '../../infra/project.ts';
import { renderPage } from '../../report/page.ts';
import { readRecord } from '../../storage/studies.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { type Bench, openBench } from '../activities/training-bench.ts';
import { visibleText } from '../report/markup.ts';

let folder: string;
let bench: Bench;

beforeAll(async () => {
  process.setMaxListeners(30);
  folder = await mkdtemp(join(tmpdir(), 'own-data-'));
  await promisify(execFile)(process.execPath, [join(projectRoot, 'examples', 'make-data.mjs'), folder]);
  bench = await openBench();
  vi.stubEnv('TEMPORAL_ADDRESS', inject('temporalAddress'));
  vi.stubEnv('TEMPORAL_NAMESPACE', bench.client.options.namespace);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await bench.close();
  await rm(folder, { recursive: true });
});

it('pictures: from their folder to a winner, its page, a prediction and a model', async () => {
  // A third of the epochs is enough to tell signs apart.
  const record = await run(signs.toJSON(), { epochDivisor: 3 });
  const { dataset } = record.opening;
  expect(dataset).toMatchObject({
    trainImages: 180,
    testImages: 60,
    classes: ['circle', 'cross', 'diamond', 'ring', 'square', 'triangle'],
    origin: { kind: 'own' },
    summary: { counts: { training: Array(6).fill(30), test: Array(6).fill(10) } },
  });
  expect(record.test?.confusion).toHaveLength(6);
  expect(record.test?.accuracy).toBeGreaterThan(60);
  const page = await renderPage(record);
  expect(page).toContain('<th scope="row">triangle</th><td><img alt="" src="data:image/png;base64,');
  expect(page).toContain('Networks see them with 24×24 pixels, in colour.');

  const predicted = await said(
    'predict',
    'signs',
    join(folder, 'signs', 'ring', '0.png'),
    '--validation',
    '--json',
  );
  expect(predicted.validation.accuracy).toBe(predicted.validation.recordAccuracy);
  expect(Object.keys(predicted.images[0].probabilities)).toEqual(dataset.classes);
  await said('export-model', 'signs', '--to', join(folder, 'model'));
  const about = JSON.parse(await readFile(join(folder, 'model', 'export.json'), 'utf8'));
  expect(about).toMatchObject({ classes: dataset.classes, input: [24, 24, 3] });
  expect(about.normalisation.mean).toHaveLength(3);
});

it('a table: from its file to a winner and predictions of other rows', async () => {
  const record = await run({ ...fruit.toJSON(), rankBy: 'macro F1' }, { epochDivisor: 2 });
  expect(record.opening.dataset.summary?.columns).toEqual(['weight', 'length', 'colour']);
  expect(record.test?.accuracy).toBeGreaterThan(80);
  expect(record.test).toMatchObject({ measure: 'macro F1', score: expect.any(Number), optimism: null });
  for (const { trials } of record.stages) {
    for (const { measure, score, lines } of trials) {
      expect(measure).toBe('macro F1');
      expect(score).toBe(Math.max(...lines.map((line) => line.val_score ?? 0)));
    }
  }
  const page = visibleText(await renderPage(record));
  expect(page).toContain('Leaderboard by the validation macro F1 of each trial’s best epoch');
  expect(page).toMatch(/has a macro F1 of [\d.]+ % \(95 % interval [\d.]+ to [\d.]+\) on 80 test rows\./);
  expect(page).not.toMatch(/\bimages?\b/);
  const rows = join(folder, 'new.csv');
  await writeFile(rows, 'kind,length,weight,colour\n?,18.5,131,yellow\n?,5,,blue\n?,5,60,pink\n');
  const predicted = await said('predict', 'fruit', rows, '--json');
  expect(
    predicted.images.map(({ class: named, problem }: Record<string, string>) => named ?? problem),
  ).toEqual([
    'banana',
    'plum',
    expect.stringMatching(/row 3, column "colour": expected a value that the training data have, got "pink"/),
  ]);
  await said('export-model', 'fruit', '--to', join(folder, 'table-model'));
});

// --- helpers ---

async function run(input: StudyInput, { epochDivisor }: { epochDivisor: number }) {
  const study = parseStudy(input, input.name);
  const [name = '', profile] = Object.entries(study.profiles)[0] ?? [];
  const quick = {
    ...study,
    profiles: { [name]: { ...profile, epochDivisor } as (typeof study.profiles)[string] },
  };
  const source = await datasetSource(undefined, quick, join(folder, `${study.name}.ts`));
  const request = { study: quick, profile: name, source, weights: { file: null } };
  await startOrResume(bench.client, request, { id: study.name });
  await bench.client.workflow.getHandle(study.name).result();
  const record = await readRecord(bench.store, study.name);
  if (!record) throw new Error(`expected a record of ${study.name}, found none`);
  return record;
}

/** What a command prints, as JSON if it is. */
async function said(...args: string[]): Promise<any> {
  let text = '';
  const log = vi.spyOn(console, 'log').mockImplementation((line) => {
    text += `${line}\n`;
  });
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await main(['node', 'staged-study', ...args]);
  } finally {
    log.mockRestore();
    error.mockRestore();
    process.exitCode = undefined;
  }
  return text.startsWith('{') ? JSON.parse(text) : text;
}
