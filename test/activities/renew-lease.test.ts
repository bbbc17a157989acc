import { once } from 'node:events';
import { expect, it } from 'vitest';
import { keepRenewing } from '../../activities/renew-lease.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { type ObjectStore, StoreUnavailableError } from '../../storage/object-store.ts';
import { LeaseLostError } from '../../storage/trials/lease.ts';
import { stealLease, takeLease } from '../storage/leases.ts';

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
  const lease = await takeLease(store, trial, 'first');
  isAway = true;
  const failures: unknown[] = [];
  const { lost, stop } = keepRenewing(lease, 5, (error) => failures.push(error));
  await expect.poll(() => failures.length).toBeGreaterThan(2);
  expect(lost.aborted).toBe(false);

  const aborted = once(lost, 'abort');
  await stealLease(underlying, trial, 'second');
  isAway = false;
  await aborted;
  expect(lost.reason).toBeInstanceOf(LeaseLostError);
  expect(String(lost.reason)).toContain('"second" holds it with term 2');
  stop();
});
