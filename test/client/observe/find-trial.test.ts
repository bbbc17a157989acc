import { beforeEach, expect, it } from 'vitest';
import { findTrial } from '../../../client/observe/find-trial.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { writeRecord, writeStageRecord, writeStudy } from '../../../storage/studies.ts';
import { failed, ownRecord, shipped, stage } from '../../report/example-record.ts';

const own = ownRecord([stage('width', [failed('wide', 'diverged'), failed('narrow', null)])]);
/** A study without a winner. */
const ended = { ...own, opening: { ...own.opening, study: shipped } };

let store: ObjectStore;
beforeEach(() => {
  store = createMemoryStore();
});

it('names the studies in the store', async () => {
  await expect(find('mine-1', undefined)).rejects.toThrow(
    'study: expected the id of a study in the object store (it has none yet), got "mine-1"',
  );
  await writeStudy(store, ended.opening);
  await expect(find('../mine-1', undefined)).rejects.toThrow(
    'study: expected the id of a study in the object store (mine-1), got "../mine-1"',
  );
  await expect(find('mine-2', undefined)).rejects.toThrow('got "mine-2" (did you mean "mine-1"?)');
});

it.each<[Status | undefined, string]>([
  ['RUNNING', 'which is still running; to see how far it is: npx staged-study status mine-1'],
  [
    'CANCELLED',
    'which is cancelled; to run it again: npx staged-study run STUDY --profile tiny. STUDY is its name, or its file. Trials that have results are not trained again.',
  ],
  ['TIMED_OUT', 'which is timed out; to run it again:'],
  [undefined, 'which has no record; to run it again:'],
])('says what to do about a study without a record that is %s in Temporal', async (status, whatToDo) => {
  await writeStudy(store, { ...ended.opening, profile: 'tiny' });
  await expect(find('mine-1', undefined, status)).rejects.toThrow(
    `study: expected a study that has completed, got "mine-1", ${whatToDo}`,
  );
});

it('finds named trials of a cancelled study in the stages that had ended', async () => {
  await writeStudy(store, ended.opening);
  await expect(find('mine-1', 'wide', 'CANCELLED')).rejects.toThrow('which is cancelled; to run it again');
  const trials = [failed('wide', 'diverged'), failed('narrow', null)];
  await writeStageRecord(store, 'mine-1', stage(shipped.stages[0]?.name ?? '', trials));
  await expect(find('mine-1', 'wide', 'CANCELLED')).rejects.toThrow(
    'trial: expected a trial that completed, got "wide", which diverged',
  );
  await expect(find('mine-1', 'narow', 'CANCELLED')).rejects.toThrow('trial: expected one of wide, narrow');
  await expect(find('mine-1', undefined, 'CANCELLED')).rejects.toThrow('which is cancelled; to run it again');
  await expect(find('mine-1', 'wide', 'RUNNING')).rejects.toThrow('which is still running');
});

it('says that a study has no winner', async () => {
  await writeStudy(store, ended.opening);
  await writeRecord(store, ended);
  await expect(find('mine-1', undefined)).rejects.toThrow(
    'study: expected a study with a winner, got "mine-1", in which no trial has a score',
  );
});

it('names the trials of a study, and says why one has no weights', async () => {
  await writeStudy(store, ended.opening);
  await writeRecord(store, ended);
  await expect(find('mine-1', 'middle')).rejects.toThrow('trial: expected one of wide, narrow, got "middle"');
  await expect(find('mine-1', 'narow')).rejects.toThrow('got "narow" (did you mean "narrow"?)');
  await expect(find('mine-1', 'wide')).rejects.toThrow(
    'trial: expected a trial that completed, got "wide", which diverged',
  );
  await expect(find('mine-1', 'narrow')).rejects.toThrow('got "narrow", which was skipped');
});

it('asks for the stage of a name that trials of several stages have', async () => {
  const stages = [stage('width', [failed('wide', 'diverged')]), stage('depth', [failed('wide', null)])];
  await writeStudy(store, ended.opening);
  await writeRecord(store, { ...ended, stages });
  await expect(find('mine-1', 'wide')).rejects.toThrow(
    'trial: expected a name that one trial has, got "wide", which trials of several stages have; add the stage: width/wide or depth/wide',
  );
  await expect(find('mine-1', 'width/wide')).rejects.toThrow('got "wide", which diverged');
  await expect(find('mine-1', 'depth/wide')).rejects.toThrow('got "wide", which was skipped');
});

// --- helpers ---

type Status = Awaited<ReturnType<Parameters<typeof findTrial>[3]>>;

function find(studyId: string, name: string | undefined, status?: Status) {
  return findTrial(store, studyId, name, async () => status);
}
