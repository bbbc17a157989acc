import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOrResume } from '../../client/start/start-study.ts';
import { countStoredResults } from '../../client/start/stored-results.ts';
import { watchStudy } from '../../client/terminal/watch-study.ts';
import { readRecord, readStageRecord, readStudyTests } from '../../storage/studies.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { StudyRecord } from '../../study/record/record.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { smallArchive } from '../activities/small-archive.ts';
import { type Bench, openBench } from '../activities/training-bench.ts';
import { printing } from './printing.ts';

const study: StudyInput = {
  name: 'repeated',
  title: 'A study with repeats',
  base: { epochs: 3 },
  stages: [
    {
      kind: 'compare',
      name: 'width',
      question: 'Wide or narrow?',
      candidates: [
        { name: 'narrow', change: { network: { kind: 'dense', hidden: [4] } } },
        { name: 'wide', change: { network: { kind: 'dense', hidden: [32] } } },
      ],
    },
    {
      kind: 'variant',
      name: 'flip',
      question: 'What does flipping validation images do?',
      of: [{ stage: 'width', candidate: 'wide' }],
      change: { validationFlip: true },
    },
    { kind: 'test', name: 'test', question: 'How good is it?', from: 'width' },
  ],
  profiles: {
    once: { description: 'One run.', trainImages: 200, testImages: 100, epochDivisor: 1 },
    thrice: {
      description: 'Three runs.',
      trainImages: 200,
      testImages: 100,
      epochDivisor: 1,
      repeats: { width: 3, flip: 2 },
    },
  },
};

let folder: string;
let archive: string;
let bench: Bench;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repeats-'));
  archive = join(folder, 'small.tar.gz');
  await writeFile(archive, await smallArchive());
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});

it('repeats train only what is new, and say how sure a winner is', async () => {
  const once = await run('once');
  expect(trainings()).toBe(3);
  expect(once.printed).toMatch(
    /stage width: (These two runs differ|Not told apart): .*one seed: of 40.validation/,
  );
  expect(once.record.test).toMatchObject({ runs: [{ seed: 1 }], mean: { deviation: null } });
  expect(once.record.test?.optimism).toMatchObject({ candidates: 2, runs: 2, epochs: 6, images: 40 });

  expect(await countStoredResults(bench.store, request('thrice'))).toMatchObject({ stored: 3, trials: 8 });
  bench.jobs.length = 0;
  const thrice = await run('thrice');
  expect(trainings()).toBe(5);
  expect(await countStoredResults(bench.store, request('thrice'))).toMatchObject({ stored: 8, trials: 8 });
  const [width, flip] = thrice.record.stages;
  expect(width?.trials.map(({ name, seed, reused }) => [name, seed, reused])).toEqual([
    ['narrow', 1, true],
    ['narrow@2', 2, false],
    ['narrow@3', 3, false],
    ['wide', 1, true],
    ['wide@2', 2, false],
    ['wide@3', 3, false],
  ]);
  const scores = (candidate: string) =>
    width!.trials.flatMap((trial) => ((trial.candidate ?? trial.name) === candidate ? trial.score! : []));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [narrow, wide] = [mean(scores('narrow')), mean(scores('wide'))];
  expect(width?.winner).toBe(wide > narrow ? 'wide' : 'narrow');
  const [lead] = width!.verdict!.leads;
  expect(lead).toMatchObject({ seeds: 3, onImages: { images: 40 } });
  expect(lead?.difference).toBeCloseTo(Math.abs(wide - narrow), 10);
  expect(await readStageRecord(bench.store, 'thrice', 'width')).toEqual(width);

  expect(flip?.changes).toMatchObject({
    pairs: [{ name: 'wide_flip', of: 'wide', seeds: 2 }],
    overall: { seeds: 2 },
  });
  const tests = await readStudyTests(bench.store, 'thrice');
  expect(tests.map(({ accuracy }) => accuracy).sort()).toEqual(
    thrice.record.test?.runs?.map(({ accuracy }) => accuracy).sort(),
  );
  expect(thrice.record.test?.mean?.accuracy).toBeCloseTo(mean(tests.map(({ accuracy }) => accuracy)), 10);
  expect(thrice.printed).toMatch(/test: .* on average over 3.runs/);
});

// --- helpers ---

function request(profile: string): StudyRequest {
  return {
    study: parseStudy(study, 'repeated'),
    profile,
    source: { archive },
    weights: { file: null },
  };
}

/** The profile is the study's id, too. */
async function run(profile: string): Promise<{ printed: string; record: StudyRecord }> {
  const { studyId } = await startOrResume(bench.client, request(profile), { id: profile });
  const watching = () => watchStudy(bench.client, studyId, new AbortController().signal);
  const { text } = await printing(watching);
  const record = await readRecord(bench.store, studyId);
  if (!record) throw new Error(`expected a record of ${studyId}, found none; it printed:\n${text}`);
  return { printed: text, record };
}

function trainings(): number {
  return bench.jobs.filter(({ kind }) => kind === 'train').length;
}
