import { beforeEach, describe, expect, it } from 'vitest';
import { leaseKey } from '../../../storage/keys.ts';
import { type ObjectStore, StoreUnavailableError } from '../../../storage/object-store.ts';
import { acquireLease, assertTerm, type Lease, LeaseLostError } from '../../../storage/trials/lease.ts';
import { storeKinds } from '../fresh-stores.ts';

const trial = 'ab'.repeat(32);

describe.each(storeKinds)('lease on a trial (%s)', (_name, createStore) => {
  let store: ObjectStore;
  let time: number;
  beforeEach(async () => {
    store = await createStore();
    time = Date.parse('2026-01-01T00:00:00Z');
  });

  const ask = (holder: string, attempt = 1) =>
    acquireLease(store, trial, { holder, attempt, ttlMs: 60_000, now: () => time });

  async function take(holder: string): Promise<Lease> {
    const answer = await ask(holder);
    if (!('lease' in answer)) throw new Error(`expected a lease, got ${JSON.stringify(answer)}`);
    return answer.lease;
  }

  it('begins with term 1, and refuses others with its holder and expiry', async () => {
    expect((await take('first')).term).toBe(1);
    expect(await ask('second')).toEqual({
      heldBy: { holder: 'first', term: 1, until: new Date('2026-01-01T00:01:00Z') },
    });
    expect(JSON.parse(String((await store.get(leaseKey(trial)))?.body))).toEqual({
      format: 1,
      term: 1,
      holder: 'first',
      attempt: 1,
      until: '2026-01-01T00:01:00.000Z',
    });
  });

  it('goes to exactly one of many racing requests', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`racer ${index}`)));
    const winners = answers.filter((answer) => 'lease' in answer);
    expect(winners).toHaveLength(1);
    const holders = new Set(answers.flatMap((answer) => ('heldBy' in answer ? answer.heldBy.holder : [])));
    expect(holders.size).toBe(1);
  });

  it('goes to exactly one of many racing requests after it has expired', async () => {
    await take('first');
    time += 60_000;
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`racer ${index}`)));
    const terms = answers.flatMap((answer) => ('lease' in answer ? answer.lease.term : []));
    expect(terms).toEqual([2]);
  });

  it('is not given to another holder just before it expires', async () => {
    await take('first');
    time += 59_999;
    expect(await ask('second')).toHaveProperty('heldBy');
    time += 1;
    expect(await ask('second')).toHaveProperty('lease');
  });

  it('is kept by renewal', async () => {
    const lease = await take('first');
    time += 50_000;
    await lease.renew();
    time += 50_000;
    expect(await ask('second')).toHaveProperty('heldBy');
    await lease.renew();
    await assertTerm(store, trial, 1);
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
    time += 60_000;
    await take('second');
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
    time += 10_000;
    await expect(lease.renew()).rejects.toThrow(StoreUnavailableError);
    isReplyLost = false;
    time += 10_000;
    await lease.renew();
    time += 59_999;
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
