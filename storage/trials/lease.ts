import { z } from 'zod';
import { encodeJson, readJson, type StoredJson } from '../json-objects.ts';
import { leaseKey } from '../keys.ts';
import { type ObjectStore, PreconditionFailedError } from '../object-store.ts';

/** A trial's lease. No time is in it: the clocks of machines differ. */
const currentLeaseSchema = z.strictObject({
  format: z.literal(2),
  /** Every acquisition raises it. What an attempt writes carries its term. */
  term: z.number().int().min(1),
  holder: z.string().min(1),
  attempt: z.number().int().min(1),
  /** How often it was renewed in this term, so that each renewal changes the object. */
  renewals: z.number().int().min(0),
  /** Others may take the lease when they have seen it unchanged for this time; 0 once it is released. */
  ttlMs: z.number().int().min(0),
});

/** Of earlier versions, by whose clock it would have expired. */
const formerLeaseSchema = z.strictObject({
  format: z.literal(1),
  term: z.number().int().min(1),
  holder: z.string().min(1),
  attempt: z.number().int().min(1),
  until: z.iso.datetime(),
});

const leaseSchema = z.union([
  currentLeaseSchema,
  formerLeaseSchema.transform(
    ({ until: _, ...lease }): z.infer<typeof currentLeaseSchema> => ({
      ...lease,
      format: 2,
      renewals: 0,
      ttlMs: 60_000,
    }),
  ),
]);
type LeaseContent = z.infer<typeof currentLeaseSchema>;

/** The lease has passed to another attempt. This attempt must not write any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(trialKey: string, term: number, current: LeaseContent | undefined) {
    const now = current ? `"${current.holder}" holds it with term ${current.term}` : 'the trial has no lease';
    super(`the lease on trial ${trialKey} with term ${term} is lost: ${now}; stop this attempt`);
  }
}

/** The right to train a trial, for as long as it is renewed. */
export interface Lease {
  readonly term: number;
  /**
   * Shows that the holder lives.
   *
   * @throws {LeaseLostError} if another attempt has taken it.
   */
  renew(): Promise<void>;
  /** Makes the lease available at once. Does nothing if it is already lost. */
  release(): Promise<void>;
}

export interface LeaseRequest {
  /**
   * Who trains the trial. All attempts of an activity have the same holder, and the lease passes from one to the next
   * at once, because an attempt begins only after the previous one has been given up.
   */
  holder: string;
  /** Informative only. It may restart at 1. */
  attempt: number;
  /** How long the lease may go without a renewal before others may take it. */
  ttlMs: number;
  /** A clock of this process, in milliseconds from any time on. Default: `performance.now`. */
  now?: () => number;
}

/** A version of a lease, and when this process has first seen it, by its own clock. */
export interface SeenLease {
  etag: string;
  since: number;
}

/**
 * Requests the lease on a trial, which has one holder at a time. Another holder's lease is given away when this process has seen
 * it unchanged for its `ttlMs`: ask again from time to time, with what the last answer says was seen.
 */
export async function acquireLease(
  store: ObjectStore,
  trialKey: string,
  request: LeaseRequest,
  seen?: SeenLease,
): Promise<{ lease: Lease } | { heldBy: { holder: string; term: number; seen: SeenLease } }> {
  const { now = () => performance.now() } = request;
  let last = seen;
  for (;;) {
    const current = await readLease(store, trialKey);
    if (current && current.value.holder !== request.holder && current.value.ttlMs > 0) {
      if (last?.etag !== current.etag) last = { etag: current.etag, since: now() };
      const { holder, term, ttlMs } = current.value;
      if (now() - last.since < ttlMs) return { heldBy: { holder, term, seen: last } };
    }
    const next = newContent(request, (current?.value.term ?? 0) + 1);
    try {
      const condition = current ? { ifMatch: current.etag } : { ifNoneMatch: '*' as const };
      const { etag } = await store.put(leaseKey(trialKey), encodeJson(currentLeaseSchema, next), condition);
      return { lease: createLease(store, trialKey, next, etag) };
    } catch (error) {
      // Another attempt came first: check who holds it now.
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
}

/**
 * Checks, before a checkpoint or result is written, that the lease has not passed to a later attempt.
 *
 * @throws {LeaseLostError} unless `term` is the trial's current term.
 */
export async function assertTerm(store: ObjectStore, trialKey: string, term: number): Promise<void> {
  const current = await readLease(store, trialKey);
  if (current?.value.term !== term) throw new LeaseLostError(trialKey, term, current?.value);
}

// --- helpers ---

function readLease(store: ObjectStore, trialKey: string): Promise<StoredJson<LeaseContent> | undefined> {
  return readJson(store, leaseKey(trialKey), leaseSchema);
}

function newContent({ holder, attempt, ttlMs }: LeaseRequest, term: number): LeaseContent {
  return { format: 2, term, holder, attempt, renewals: 0, ttlMs: Math.ceil(ttlMs) };
}

function createLease(store: ObjectStore, trialKey: string, first: LeaseContent, firstEtag: string): Lease {
  const { term, ttlMs } = first;
  let etag = firstEtag;
  let renewals = 0;
  let lastWrite = Promise.resolve();

  /** Writes are sequential so that a release doesn't collide with a renewal in progress. */
  function write(newTtlMs: number): Promise<void> {
    const done = lastWrite.then(() => writeNow(newTtlMs));
    lastWrite = done.catch(() => {});
    return done;
  }

  async function writeNow(newTtlMs: number): Promise<void> {
    const content = { ...first, renewals: ++renewals, ttlMs: newTtlMs };
    const body = encodeJson(currentLeaseSchema, content);
    for (;;) {
      try {
        ({ etag } = await store.put(leaseKey(trialKey), body, { ifMatch: etag }));
        return;
      } catch (error) {
        if (!(error instanceof PreconditionFailedError)) throw error;
        const current = await readLease(store, trialKey);
        // An earlier write of this lease has arrived although its reply was lost: every other holder has a higher term.
        if (current?.value.term !== term || current.etag === etag) {
          throw new LeaseLostError(trialKey, term, current?.value);
        }
        etag = current.etag;
      }
    }
  }

  return {
    term,
    renew: () => write(ttlMs),
    release: async () => {
      try {
        await write(0);
      } catch (error) {
        if (!(error instanceof LeaseLostError)) throw error;
      }
    },
  };
}
