import type { ObjectStore } from '../../storage/object-store.ts';
import { acquireLease, type Lease } from '../../storage/trials/lease.ts';

/** Takes a trial's lease, which nobody may hold. */
export async function takeLease(store: ObjectStore, trial: string, holder = 'test'): Promise<Lease> {
  const answer = await acquireLease(store, trial, { holder, attempt: 1, ttlMs: 60_000 });
  if ('lease' in answer) return answer.lease;
  throw new Error(`expected the lease, got ${JSON.stringify(answer)}`);
}

/** Takes a trial's lease from whoever holds it, as if that one had died long ago. */
export async function stealLease(store: ObjectStore, trial: string, holder = 'another'): Promise<Lease> {
  const request = { holder, attempt: 1, ttlMs: 60_000 };
  const first = await acquireLease(store, trial, request);
  if ('lease' in first) return first.lease;
  const seen = { ...first.heldBy.seen, since: Number.NEGATIVE_INFINITY };
  const second = await acquireLease(store, trial, request, seen);
  if ('lease' in second) return second.lease;
  throw new Error('expected a lease that nobody renews');
}
