import { beforeEach, expect, it } from 'vitest';
import { findTrial } from '../../../client/observe/find-trial.ts';
import { createMemoryStore } from '../../../storage/memory-store.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { writeRecord, writeStudy } from '../../../storage/studies.ts';
import { failed, ownRecord, shipped, stage } from '../../report/example-record.ts';

const own = ownRecord([stage('width', [failed('wide', 'diverged'), failed('narrow', null)])]);
/** Nobody has won it. */
const ended = { ...own, opening: { ...own.opening, study: shipped } };

let store: ObjectStore;
beforeEach(() => {
  store = createMemoryStore();
});

it('says which studies there are, and whether one has ended', async () => {
  await expect(findTrial(store, 'mine-1', undefined)).rejects.toThrow(
    'study: expected the id of one in the store (there is none yet), got "mine-1"',
  );
  await writeStudy(store, ended.opening);
  await expect(findTrial(store, '../mine-1', undefined)).rejects.toThrow(
    'study: expected the id of one in the store (mine-1), got "../mine-1"',
  );
  await expect(findTrial(store, 'mine-1', undefined)).rejects.toThrow(
    'study: expected one that has ended, got "mine-1", which has no record yet; watch it: npx staged-study watch mine-1',
  );
});

it('says that nobody has won', async () => {
  await writeStudy(store, ended.opening);
  await writeRecord(store, ended);
  await expect(findTrial(store, 'mine-1', undefined)).rejects.toThrow(
    'study: expected one that has a winner, got "mine-1", none of whose trials has a score',
  );
});

it('says which trials there are, and why one has nothing to show', async () => {
  await writeStudy(store, ended.opening);
  await writeRecord(store, ended);
  await expect(findTrial(store, 'mine-1', 'middle')).rejects.toThrow(
    'trial: expected one of wide, narrow, got "middle"',
  );
  await expect(findTrial(store, 'mine-1', 'wide')).rejects.toThrow(
    'trial: expected one that was trained to its end, got "wide", which diverged',
  );
  await expect(findTrial(store, 'mine-1', 'narrow')).rejects.toThrow('got "narrow", which was skipped');
});
