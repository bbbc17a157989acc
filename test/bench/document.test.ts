import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SectionRun } from '../../bench/bench-results.ts';
import { readDocument, withRun, writeDocument } from '../../bench/document.ts';
import type { Machine } from '../../bench/timing/machine.ts';
import { summarise } from '../../bench/timing/statistics.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const machine: Machine = {
  cpu: 'A processor',
  family: 6,
  model: 1,
  instructions: ['AVX2'],
  cores: 2,
  memoryGigabytes: 8,
};
const run = (seconds: number, more: Partial<SectionRun> = {}): SectionRun => ({
  command: 'npm run bench',
  startedAt: '2026-05-04T03:02:01.000Z',
  minutes: 17.6,
  commit: 'abc1234',
  versions: { Node: '22.12.0', torch: '2.15.0' },
  complete: true,
  results: summarise([seconds], 0),
  ...more,
});
const page = () => readFileSync(join(folder, 'bench.md'), 'utf8');

test('a run replaces its section of its own machine, and nothing else', async () => {
  let document = await readDocument(folder);
  const other = { ...machine, cpu: 'Another processor' };
  document = withRun(document, machine, 'start', run(1.1));
  document = withRun(document, other, 'start', run(2.2));
  await writeDocument(withRun(document, machine, 'start', run(3.3)), folder);

  const { machines } = await readDocument(folder);
  const found = Object.values(machines).map(({ machine: { cpu }, sections }) => [
    cpu,
    sections.start?.results,
  ]);
  expect(found).toEqual([
    ['A processor', run(3.3).results],
    ['Another processor', run(2.2).results],
  ]);
  expect(readdirSync(folder).sort()).toEqual(['bench.json', 'bench.md']);
});

test('the page shows machines below each other, each with what it ran', async () => {
  const other = { ...machine, cpu: 'Another processor', instructions: ['AVX2', 'AVX-512'] };
  const first = withRun({ machines: {} }, machine, 'start', run(1.1));
  await writeDocument(withRun(first, other, 'start', run(2.2)), folder);
  const [, ours, others] = page().split('\n### ');
  expect(ours).toContain('A processor (family 6, model 1; AVX2), 2 cores, 8 GB\n');
  expect(ours).toContain(
    '`npm run bench`, 2026-05-04 03:02 UTC, 18 minutes, commit abc1234. Node 22.12.0, torch 2.15.0.',
  );
  expect(ours).toContain('| 1.10 | under 3: reached |');
  expect(others).toContain('Another processor (family 6, model 1; AVX2, AVX-512)');
  expect(page().match(/^## Start$/gm)).toHaveLength(1);
});

test('a section of a run that was cut off says so', async () => {
  await writeDocument(withRun({ machines: {} }, machine, 'start', run(1)), folder);
  expect(page()).not.toContain('cut off');
  await writeDocument(withRun({ machines: {} }, machine, 'start', run(1, { complete: false })), folder);
  expect(page()).toContain('The run was cut off: what is missing was not measured.');
});
