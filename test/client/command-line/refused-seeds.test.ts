import { expect, it } from 'vitest';
import { createOpenStudy } from '../../../activities/open-study.ts';
import { createMinioStore } from '../../../storage/minio/minio-store.ts';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { largerStudy } from '../../workflows/small-study.ts';
import { exitCode, expectExits, lastPrinted, studyFile, useCommands } from './commands.ts';
import { useFakeWorkers } from './fake-workers.ts';

useCommands();
const workers = useFakeWorkers();

it.each<[string, (study: any) => void, string]>([
  ['no run', (s) => (s.stages[0].repeats = 0), 'stages[0].repeats: expected at least 1, got 0'],
  ['half a run', (s) => (s.stages[0].repeats = 1.5), 'stages[0].repeats: expected a whole number, got 1.5'],
  [
    'runs of a stage that is not there',
    (s) => (s.profiles.tiny.repeats = { widht: 3 }),
    'profiles.tiny.repeats.widht: expected the name of a stage that compares, searches or varies candidates (width, rate, search, dropout, leakage), got 3 (did you mean "width"?)',
  ],
  [
    'more runs of a variant than of what it varies',
    (s) => (s.profiles.tiny.repeats = { width: 2, leakage: 3 }),
    'profiles.tiny.repeats.leakage: expected at most 2, as many runs as the candidates of width have in the profile tiny',
  ],
  [
    'runs of trials that may be stopped early',
    (s) => {
      s.stages[2].stopping = { kind: 'halving', first: 5, factor: 3 };
      s.profiles.tiny.repeats = 2;
    },
    'stages[2].stopping: expected nothing, since the profile tiny trains each configuration several times',
  ],
  [
    'an earlier search of a sampler that does not learn',
    (s) => (s.stages[2].seededBy = [{ study: 'earlier', stage: 'search' }]),
    'stages[2].seededBy: expected nothing, since the sampler random does not learn from results; remove it, or use tpe or tpe-multivariate',
  ],
  [
    'an earlier search without its stage',
    (s) => Object.assign(s.stages[2], { sampler: { kind: 'tpe' }, seededBy: [{ study: 'earlier' }] }),
    'stages[2].seededBy[0].stage: expected',
  ],
])('a study with %s is refused before anything is started', async (_what, spoil, message) => {
  const study = structuredClone(largerStudy);
  spoil(study);
  const file = await studyFile(study, 'spoilt.json');
  for (const command of ['check', 'run', 'start']) {
    expect(await exitCode(`${command} ${file}`)).toBe(2);
    expect(lastPrinted()).toContain(`${file} is not a study that can be run:\n  ${message}`);
  }
});

it('a search that can’t learn from an earlier one is refused before anything is started', async () => {
  const store = createMinioStore(workers.store());
  const study = parseStudy(largerStudy, 'larger');
  const dataset = {
    sha256: 'd'.repeat(64),
    trainImages: 200,
    testImages: 100,
    origin: { kind: 'generated' as const },
  };
  await createOpenStudy({ store, objectsUrl: null })({
    studyId: 'earlier',
    study,
    profile: 'tiny',
    dataset,
    weights: null,
    fromScratch: false,
  });
  const file = await studyFile(seededBy('earlier', 'search'), 'seeded.json');
  const [nowhere, noSearch, otherSpace] = [
    await studyFile(seededBy('erlier', 'search'), 'nowhere.json'),
    await studyFile(seededBy('earlier', 'width'), 'no-search.json'),
    await studyFile(
      seededBy('earlier', 'search', { dropout: { kind: 'uniform', low: 0, high: 0.5 } }),
      'other-space.json',
    ),
  ];
  for (const command of ['run', 'start']) {
    await expectExits([
      [
        `${command} ${nowhere}`,
        2,
        /^stage search: seededBy: erlier, stage search: expected a study that is in the store, found none\n$/,
      ],
      [
        `${command} ${noSearch}`,
        2,
        /^stage search: seededBy: earlier, stage width: expected a search of that study \(search\), found none\n$/,
      ],
      [
        `${command} ${otherSpace}`,
        2,
        /^stage search: seededBy: earlier, stage search: expected the same space as that of the search which learns from it/,
      ],
      [
        `${command} ${file}`,
        2,
        /^stage search: seededBy: earlier, stage search: expected a search that has ended, it has no results yet\n$/,
      ],
    ]);
  }
  expect((await workers.temporal().client.workflow.count()).count).toBe(0);
});

// --- helpers ---

/** The search of the larger study, which learns from an earlier one. */
function seededBy(study: string, stage: string, space?: object) {
  const changed: any = structuredClone(largerStudy);
  const search = { sampler: { kind: 'tpe' }, seededBy: [{ study, stage }], ...(space && { space }) };
  Object.assign(changed.stages[2], search);
  return changed;
}
