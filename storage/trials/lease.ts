import { z } from 'zod';
import { encodeJson, readJson, type StoredJson } from '../json-objects.ts';
import { leaseKey } from '../keys.ts';
import { type ObjectStore, PreconditionFailedError } from '../object-store.ts';

const leaseSchema = z.strictObject({
  format: z.literal(1),
  /** Every acquisition raises it. What an attempt writes carries its term. */
  term: z.number().int().min(1),
  holder: z.string().min(1),
  attempt: z.number().int().min(1),
  /** ISO 8601. From this time on, others may take the lease. */
  until: z.iso.datetime(),
});
type LeaseContent = z.infer<typeof leaseSchema>;

/** The lease has passed to another attempt. This attempt must not write any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(trialKey: string, term: number, current: LeaseContent | undefined) {
    const now = current ? `"${current.holder}" holds it with term ${current.term}` : 'the trial has no lease';
    super(`the lease on trial ${trialKey} with term ${term} is lost: ${now}; stop this attempt`);
  }
}

/** The right to train a trial until the lease expires. */
export interface Lease {
  readonly term: number;
  /**
   * Extends the lease.
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
  ttlMs: number;
  /** The current time in milliseconds since 1970. Clocks must agree to within a fraction of `ttlMs`. */
  now: () => number;
}

/** Requests the lease on a trial, which has one holder at a time. */
export async function acquireLease(
  store: ObjectStore,
  trialKey: string,
  request: LeaseRequest,
): Promise<{ lease: Lease } | { heldBy: { holder: string; term: number; until: Date } }> {
  for (;;) {
    const current = await readLease(store, trialKey);
    if (
      current &&
      current.value.holder !== request.holder &&
      Date.parse(current.value.until) > request.now()
    ) {
      const { holder, term, until } = current.value;
      return { heldBy: { holder, term, until: new Date(until) } };
    }
    const next = newContent(request, (current?.value.term ?? 0) + 1);
    try {
      const condition = current ? { ifMatch: current.etag } : { ifNoneMatch: '*' as const };
      const { etag } = await store.put(leaseKey(trialKey), encodeJson(leaseSchema, next), condition);
      return { lease: createLease(store, trialKey, request, next.term, etag) };
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

function newContent({ holder, attempt, ttlMs, now }: LeaseRequest, term: number): LeaseContent {
  return { format: 1, term, holder, attempt, until: new Date(now() + ttlMs).toISOString() };
}

function createLease(
  store: ObjectStore,
  trialKey: string,
  request: LeaseRequest,
  term: number,
  firstEtag: string,
): Lease {
  let etag = firstEtag;
  let lastWrite = Promise.resolve();

  /** Writes are sequential so that a release doesn't collide with a renewal in progress. */
  function write(ttlMs: number): Promise<void> {
    const done = lastWrite.then(() => writeNow(ttlMs));
    lastWrite = done.catch(() => {});
    return done;
  }

  async function writeNow(ttlMs: number): Promise<void> {
    const body = encodeJson(leaseSchema, newContent({ ...request, ttlMs }, term));
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
    renew: () => write(request.ttlMs),
    release: async () => {
      try {
        await write(0);
      } catch (error) {
        if (!(error instanceof LeaseLostError)) throw error;
      }
    },
  };
}
