import { expect, test } from 'vitest';
import type { SectionRun } from '../../../bench/bench-results.ts';
import type { Bench, Section } from '../../../bench/sections/section.ts';
import { runsOf } from '../../../bench/sections/section-runs.ts';

const about = { command: 'npm run bench', commit: 'abc1234', versions: {} };

function sectionOf(measure: () => AsyncGenerator<number[]>): Section {
  return { name: 'steps', title: 'Steps', method: '', measure, markdown: String };
}

async function runs(section: Section) {
  const found: Pick<SectionRun, 'complete' | 'results'>[] = [];
  let failure: unknown;
  try {
    for await (const run of runsOf(section, {} as Bench, about)) {
      found.push(structuredClone({ complete: run.complete, results: run.results }));
    }
  } catch (error) {
    failure = error;
  }
  return { found, failure };
}

test('a section is there after each result, and complete at the end', async () => {
  const section = sectionOf(async function* () {
    yield [1];
    yield [1, 2];
  });
  expect((await runs(section)).found).toEqual([
    { complete: false, results: [1] },
    { complete: false, results: [1, 2] },
    { complete: true, results: [1, 2] },
  ]);
});

test('a section that is cut off keeps what it has, and never becomes complete', async () => {
  const interrupted = new Error('interrupted');
  const section = sectionOf(async function* () {
    yield [1];
    throw interrupted;
  });
  expect(await runs(section)).toEqual({ found: [{ complete: false, results: [1] }], failure: interrupted });
});

test('a section that measures nothing of these networks has no run', async () => {
  expect((await runs(sectionOf(async function* () {}))).found).toEqual([]);
});
