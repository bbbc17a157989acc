import { inParallel } from '../in-parallel.ts';
import { leaseKey, resultKey, trialPrefix } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { acquireLease, type SeenLease } from '../trials/lease.ts';
import type { Garbage } from './garbage.ts';

/**
 * Removes garbage, except what somebody uses or has begun to use since it was found. What names others goes before them.
 * Unwanted studies go last, and only if all that goes with them is gone: until then they can be found and removed again.
 *
 * @param before as it was found with.
 * @returns what is gone.
 */
export async function removeGarbage(
  store: ObjectStore,
  garbage: readonly Garbage[],
  before: Date,
): Promise<Garbage[]> {
  const removed = new Set<Garbage>();
  const removeAll = (some: readonly Garbage[]) =>
    inParallel(some, async (each) => {
      if (await removeOne(store, each, before)) removed.add(each);
    });
  await removeAll(garbage.filter(({ kind }) => kind === 'trial'));
  await removeAll(garbage.filter(({ kind }) => kind !== 'trial' && kind !== 'study'));
  const isComplete = garbage.every((each) => !each.isUnwanted || each.kind === 'study' || removed.has(each));
  if (isComplete) await removeAll(garbage.filter(({ kind }) => kind === 'study'));
  return garbage.filter((each) => removed.has(each));
}

// --- helpers ---

async function removeOne(store: ObjectStore, garbage: Garbage, before: Date): Promise<boolean> {
  if (garbage.kind === 'trial') return removeTrial(store, garbage, before);
  const { objects, isUnwanted } = garbage;
  const now = await inParallel(objects, ({ key }) => store.stat(key));
  if (!isUnwanted && now.some((object) => object && object.lastModified >= before)) return false;
  for (const { key } of objects) await store.delete(key);
  return true;
}

/** Longer than removing takes. Who wants to train the trial meanwhile waits. */
const LEASE_MS = 600_000;
/** A lease that nobody has renewed for as long is dead, however much the clocks of machines differ. */
const DEAD_MS = 3_600_000;

/** Takes the trial's lease, so that nobody trains it meanwhile. The lease goes last. */
async function removeTrial(
  store: ObjectStore,
  { name: trial, isUnwanted }: Garbage,
  before: Date,
): Promise<boolean> {
  const request = { holder: 'staged-study gc', attempt: 1, ttlMs: LEASE_MS };
  const turn = await acquireLease(store, trial, request, await deadLease(store, trial));
  if ('heldBy' in turn) return false;
  const objects = await store.list(trialPrefix(trial));
  const others = objects.filter(({ key }) => key !== leaseKey(trial));
  const isUsed = others.some(({ key, lastModified }) => key === resultKey(trial) || lastModified >= before);
  if (isUsed && !isUnwanted) {
    await turn.lease.release();
    return false;
  }
  // Without its result, what is left of a removal that was interrupted is a trial on which nobody works.
  await store.delete(resultKey(trial));
  await inParallel(others, ({ key }) => store.delete(key));
  await store.delete(leaseKey(trial));
  return true;
}

/** @returns undefined if the trial has no lease that is dead. */
async function deadLease(store: ObjectStore, trial: string): Promise<SeenLease | undefined> {
  const lease = await store.stat(leaseKey(trial));
  const isDead = lease && lease.lastModified.getTime() < Date.now() - DEAD_MS;
  return isDead ? { etag: lease.etag, since: Number.NEGATIVE_INFINITY } : undefined;
}
