import { afterAll, beforeAll, expect, it } from 'vitest';
import { UsageError } from '../../../client/command-line/exit-codes.ts';
import { startOrResume } from '../../../client/start/start-study.ts';
import type { StudyRequest } from '../../../workflows/study-workflow.ts';
import { openNamespace } from '../../workflows/namespace.ts';
import { smallRequest } from '../../workflows/small-study.ts';

// Without workers, a study stays unfinished until it is terminated.
let temporal: Awaited<ReturnType<typeof openNamespace>>;
beforeAll(async () => {
  temporal = await openNamespace();
});
afterAll(() => temporal.close());

it('numbers studies, and resumes an unfinished one with the same definition', async () => {
  const request = named('counted');
  const first = await start(request);
  expect(first).toEqual({ studyId: 'counted-tiny-1', resumed: false });
  expect(await start(request)).toEqual({ studyId: 'counted-tiny-1', resumed: true });

  const started = await temporal.client.workflow.getHandle('counted-tiny-1').describe();
  expect(started.type).toBe('studyWorkflow');
  expect(await started.staticSummary()).toBe('A small study, profile tiny');
});

it.each<[string, StudyRequest]>([
  ['another archive', { ...named('other-data'), source: { archive: '/data/cifar.tar.gz' } }],
  ['another seed', { ...named('other-seed'), study: { ...named('other-seed').study, seed: 2 } }],
])('does not resume one that has %s', async (_what, different) => {
  const request = named(different.study.name);
  const { studyId } = await start(request);
  const other = await start(different);
  expect(other).toEqual({ studyId: studyId.replace(/1$/, '2'), resumed: false });
  expect(await start(request)).toEqual({ studyId, resumed: true });
  expect(await start(different)).toEqual({ studyId: other.studyId, resumed: true });
});

it('resumes one that was started with another time after which a worker counts as dead', async () => {
  const request = named('other-heartbeat');
  const { studyId } = await start(request);
  expect(await start({ ...request, heartbeatSeconds: 5 })).toEqual({ studyId, resumed: true });
});

it('starts another on request', async () => {
  const request = named('another');
  await start(request);
  expect(await start(request, { new: true })).toEqual({ studyId: 'another-tiny-2', resumed: false });
});

it('starts a new one, with its own number, if the same one has ended', async () => {
  const request = named('ended');
  const { studyId } = await start(request);
  await end(studyId);
  expect(await start(request)).toEqual({ studyId: 'ended-tiny-2', resumed: false });
});

it('takes an id, and resumes an unfinished study with that id', async () => {
  const request = named('by-id');
  expect(await start(request, { id: 'mine' })).toEqual({ studyId: 'mine', resumed: false });
  expect(await start(request, { id: 'mine' })).toEqual({ studyId: 'mine', resumed: true });
  expect(await start(request, { id: 'mine.2' })).toEqual({ studyId: 'mine.2', resumed: false });
  await expect(start(request, { id: 'mine', new: true })).rejects.toThrow(/"mine", which is taken/);
});

it('refuses the id of another study, or of one that has ended', async () => {
  const request = named('taken');
  await start(request, { id: 'theirs' });
  for (const refused of [start(named('taken-too'), { id: 'theirs' }), endedAgain()]) {
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(
      /^--id: expected a free id.*"(theirs|over)", which is taken; choose/,
    );
  }

  async function endedAgain() {
    await start(request, { id: 'over' });
    await end('over');
    return start(request, { id: 'over' });
  }
});

it('does not reuse a number or id of a study in the store that Temporal no longer knows', async () => {
  const request = named('stored');
  const stored = ['stored-tiny-4', 'stored-tiny-10', 'other-tiny-20'];
  expect(await start(request, { stored })).toEqual({ studyId: 'stored-tiny-11', resumed: false });
  await expect(start(request, { stored, id: 'stored-tiny-4' })).rejects.toThrow(
    /"stored-tiny-4", which is taken/,
  );
});

it.each(['', '../up', 'a/b', 'a..b', '-a', 'with space', 'x'.repeat(101)])(
  'refuses the id "%s"',
  async (id) => {
    const refused = startOrResume(temporal.client, named('bad-id'), { id });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(/^--id: expected letters, digits/);
  },
);

// --- helpers ---

function named(name: string): StudyRequest {
  const request = smallRequest();
  return { ...request, study: { ...request.study, name } };
}

/** Starts a study, and waits until the server lists it, which takes less time than a person needs for the next command. */
async function start(request: StudyRequest, options: Parameters<typeof startOrResume>[2] = {}) {
  const started = await startOrResume(temporal.client, request, options);
  await untilListed(started.studyId, 'Running');
  return started;
}

async function end(studyId: string): Promise<void> {
  await temporal.client.workflow.getHandle(studyId).terminate();
  await untilListed(studyId, 'Terminated');
}

async function untilListed(studyId: string, status: string): Promise<void> {
  const query = `WorkflowId = '${studyId}' AND ExecutionStatus = '${status}'`;
  const count = async () => (await temporal.client.workflow.count(query)).count;
  await expect.poll(count, { interval: 20 }).toBe(1);
}
