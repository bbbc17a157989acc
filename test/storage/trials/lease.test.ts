import { beforeEach, describe, expect, it } from 'vitest';
import { leaseKey } from '../../../storage/keys.ts';
import { type ObjectStore, StoreUnavailableError } from '../../../storage/object-store.ts';
import {
  acquireLease,
  assertTerm,
  type Lease,
  LeaseLostError,
  type SeenLease,
} from '../../../storage/trials/lease.ts';
import { storeKinds } from '../fresh-stores.ts';
import { takeLease } from '../leases.ts';

const trial = 'ab'.repeat(32);

describe.each(storeKinds)('lease on a trial (%s)', (_name, createStore) => {
  let store: ObjectStore;
  let time: number;
  /** What each has seen when it asked last. */
  let seen: Map<string, SeenLease>;
  beforeEach(async () => {
    store = await createStore();
    time = 1_000_000;
    seen = new Map();
  });

  /** @param clock how far the holder's clock is off. */
  async function ask(holder: string, attempt = 1, clock = 0) {
    const request = { holder, attempt, ttlMs: 60_000, now: () => time + clock };
    const answer = await acquireLease(store, trial, request, seen.get(holder));
    if ('heldBy' in answer) seen.set(holder, answer.heldBy.seen);
    return answer;
  }

  const take = (holder: string): Promise<Lease> => takeLease(store, trial, holder);

  it('begins with term 1, and refuses others with its holder and term', async () => {
    expect((await take('first')).term).toBe(1);
    expect(await ask('second')).toMatchObject({ heldBy: { holder: 'first', term: 1 } });
    expect(JSON.parse(String((await store.get(leaseKey(trial)))?.body))).toEqual({
      format: 2,
      term: 1,
      holder: 'first',
      attempt: 1,
      renewals: 0,
      ttlMs: 60_000,
    });
  });

  it('goes to exactly one of many racing requests', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`racer ${index}`)));
    const winners = answers.filter((answer) => 'lease' in answer);
    expect(winners).toHaveLength(1);
    const holders = new Set(answers.flatMap((answer) => ('heldBy' in answer ? answer.heldBy.holder : [])));
    expect(holders.size).toBe(1);
  });

  it('goes to exactly one of many racing requests after its holder has died', async () => {
    await take('first');
    const race = () => Promise.all(Array.from({ length: 20 }, (_, index) => ask(`racer ${index}`)));
    await race();
    time += 60_000;
    const terms = (await race()).flatMap((answer) => ('lease' in answer ? answer.lease.term : []));
    expect(terms).toEqual([2]);
  });

  it('is not given to another holder until it was seen unchanged for its time', async () => {
    await take('first');
    time += 600_000;
    expect(await ask('second')).toHaveProperty('heldBy');
    time += 59_999;
    expect(await ask('second')).toHaveProperty('heldBy');
    time += 1;
    expect(await ask('second')).toHaveProperty('lease');
  });

  it.each([-120_000, 120_000])(
    'depends on no clock: one that is %d ms off changes nothing',
    async (clock) => {
      const lease = await take('first');
      for (let renewal = 0; renewal < 10; renewal++) {
        expect(await ask('second', 1, clock)).toHaveProperty('heldBy');
        time += 15_000;
        await lease.renew();
      }
      // The first one dies.
      expect(await ask('second', 1, clock)).toHaveProperty('heldBy');
      time += 59_000;
      expect(await ask('second', 1, clock)).toHaveProperty('heldBy');
      time += 1_000;
      expect(await ask('second', 1, clock)).toMatchObject({ lease: { term: 2 } });
    },
  );

  it('of an earlier version, which has a time, can be waited for and taken', async () => {
    const former = { format: 1, term: 4, holder: 'first', attempt: 1, until: '2999-01-01T00:00:00.000Z' };
    await store.put(leaseKey(trial), Buffer.from(JSON.stringify(former)));
    await assertTerm(store, trial, 4);
    expect(await ask('second')).toMatchObject({ heldBy: { holder: 'first', term: 4 } });
    time += 60_000;
    expect(await ask('second')).toMatchObject({ lease: { term: 5 } });
  });

  it('passes at once to another attempt of the same holder, whatever its attempt number', async () => {
    const old = await take('first');
    const answer = await ask('first', 1);
    expect(answer).toMatchObject({ lease: { term: 2 } });
    await assertTerm(store, trial, 2);
    await expect(assertTerm(store, trial, 1)).rejects.toThrow(LeaseLostError);
    await expect(old.renew()).rejects.toThrow(LeaseLostError);
  });

  it('names its new holder after it has been lost', async () => {
    const lease = await take('first');
    await ask('second');
    time += 60_000;
    await ask('second');
    await expect(lease.renew()).rejects.toThrow(
      `the lease on trial ${trial} with term 1 is lost: "second" holds it with term 2; stop this attempt`,
    );
    await lease.release();
    await assertTerm(store, trial, 2);
  });

  it('is not lost by a renewal whose reply never came', async () => {
    const underlying = store;
    let isReplyLost = false;
    store = {
      ...underlying,
      put: async (key, body, condition) => {
        const written = await underlying.put(key, body, condition);
        if (isReplyLost) throw new StoreUnavailableError('no answer');
        return written;
      },
    };
    const lease = await take('first');
    isReplyLost = true;
    await expect(lease.renew()).rejects.toThrow(StoreUnavailableError);
    isReplyLost = false;
    await lease.renew();
    await assertTerm(store, trial, 1);
    expect(await ask('second')).toHaveProperty('heldBy');
    await lease.release();
    expect((await take('second')).term).toBe(2);
  });

  it('is available at once after its release, with the next term', async () => {
    await (await take('first')).release();
    expect((await take('second')).term).toBe(2);
  });

  it('is available if it is released during a renewal', async () => {
    const lease = await take('first');
    await Promise.all([lease.renew(), lease.release()]);
    expect((await take('second')).term).toBe(2);
  });

  it('has no term before the first request', async () => {
    await expect(assertTerm(store, trial, 1)).rejects.toThrow(/is lost: the trial has no lease/);
  });
});
