import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitsForOtherNumerics } from '../../../client/servers/other-numerics.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import { writeStudy } from '../../../storage/studies.ts';
import { NUMERICS } from '../../../study/trial/trial.ts';
import { fullRecord } from '../../report/example-study.ts';
import { openNamespace } from '../../workflows/namespace.ts';

let temporal: Awaited<ReturnType<typeof openNamespace>>;
beforeAll(async () => {
  temporal = await openNamespace();
});
afterAll(() => temporal.close());

it('a study that began with other numerics says which worker it waits for, until there is one', async () => {
  const session = { client: temporal.client, store: createMemoryStore() };
  const { opening } = fullRecord();
  await writeStudy(session.store, { ...opening, studyId: 'now', numerics: NUMERICS });
  await writeStudy(session.store, { ...opening, studyId: 'before', numerics: NUMERICS - 1 });
  expect(await waitsForOtherNumerics(session, 'now')).toBeUndefined();
  expect(await waitsForOtherNumerics(session, 'unknown')).toBeUndefined();
  expect(await waitsForOtherNumerics(session, 'before')).toMatch(
    new RegExp(
      `^before began with numerics ${NUMERICS - 1}, .* this version has ${NUMERICS}.* Start a training worker of the version`,
    ),
  );
  const training = { train: async () => ({ status: 'interrupted' }) as const };
  await temporal.withWorkers({ control: {}, training, numerics: NUMERICS - 1 }, () =>
    expect.poll(() => waitsForOtherNumerics(session, 'before')).toBeUndefined(),
  );
});
