import { once } from 'node:events';
import { expect, it } from 'vitest';
import { keepRenewing } from '../../activities/renew-lease.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { type ObjectStore, StoreUnavailableError } from '../../storage/object-store.ts';
import { acquireLease, type Lease, LeaseLostError } from '../../storage/trials/lease.ts';

const trial = 'ab'.repeat(32);

it('a lease that is lost is known as soon as it would be renewed; a store that is away loses none', async () => {
  const underlying = createMemoryStore();
  let isAway = false;
  const store: ObjectStore = {
    ...underlying,
    put: async (...args) => {
      if (isAway) throw new StoreUnavailableError('away');
      return underlying.put(...args);
    },
  };
  const lease = await take(store, 'first', Date.now);
  isAway = true;
  const failures: unknown[] = [];
  const { lost, stop } = keepRenewing(lease, 5, (error) => failures.push(error));
  await expect.poll(() => failures.length).toBeGreaterThan(2);
  expect(lost.aborted).toBe(false);

  const aborted = once(lost, 'abort');
  await take(underlying, 'second', () => Date.now() + 3_600_000);
  isAway = false;
  await aborted;
  expect(lost.reason).toBeInstanceOf(LeaseLostError);
  expect(String(lost.reason)).toContain('"second" holds it with term 2');
  stop();
});

// --- helpers ---

async function take(store: ObjectStore, holder: string, now: () => number): Promise<Lease> {
  const answer = await acquireLease(store, trial, { holder, attempt: 1, ttlMs: 60_000, now });
  if (!('lease' in answer)) throw new Error('expected the lease');
  return answer.lease;
}
