import { z } from 'zod';
import { encodeJson, readJson, type StoredJson } from '../json-objects.ts';
import { leaseKey } from '../keys.ts';
import { type ObjectStore, PreconditionFailedError } from '../object-store.ts';

const leaseSchema = z.strictObject({
  format: z.literal(1),
  /** Raised by every acquisition, never lowered: what an attempt writes carries its term. */
  term: z.number().int().min(1),
  holder: z.string().min(1),
  attempt: z.number().int().min(1),
  /** ISO 8601; from then on anybody may take the lease. */
  until: z.iso.datetime(),
});
type LeaseRecord = z.infer<typeof leaseSchema>;

/** Somebody else has taken over the trial; this attempt must write nothing more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(trialKey: string, term: number, there: LeaseRecord | undefined) {
    const now = there ? `"${there.holder}" holds it with term ${there.term}` : 'nobody holds one';
    super(`the lease on trial ${trialKey} with term ${term} is lost: ${now}; stop this attempt`);
  }
}

/** The right to train a trial, until it expires. */
export interface Lease {
  readonly term: number;
  /** Puts the expiry off; throws `LeaseLostError` if another has taken the lease. */
  renew(): Promise<void>;
  /** Lets the next one have it at once. No error if it is lost already. */
  release(): Promise<void>;
}

export interface LeaseRequest {
  /**
   * Who asks, stable over attempts: a holder takes over from itself at once, as a new attempt begins only
   * when the one before is given up.
   */
  holder: string;
  /** For people to read; it decides nothing, as it may start at 1 again. */
  attempt: number;
  ttlMs: number;
  /** The clock, milliseconds since 1970. All that share a store should agree within a fraction of `ttlMs`. */
  now: () => number;
}

/** Asks for the lease on a trial, which is given to one at a time. */
export async function acquireLease(
  store: ObjectStore,
  trialKey: string,
  request: LeaseRequest,
): Promise<{ lease: Lease } | { heldBy: { holder: string; term: number; until: Date } }> {
  for (;;) {
    const there = await readLease(store, trialKey);
    if (there && there.value.holder !== request.holder && Date.parse(there.value.until) > request.now()) {
      const { holder, term, until } = there.value;
      return { heldBy: { holder, term, until: new Date(until) } };
    }
    const record = newRecord(request, (there?.value.term ?? 0) + 1);
    try {
      const condition = there ? { ifMatch: there.etag } : { ifNoneMatch: '*' as const };
      const { etag } = await store.put(leaseKey(trialKey), encodeJson(leaseSchema, record), condition);
      return { lease: createLease(store, trialKey, request, record.term, etag) };
    } catch (error) {
      // Another was faster: look again at who has it now.
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
}

/** Throws `LeaseLostError` unless `term` is the trial's highest: called before every write that counts. */
export async function assertTerm(store: ObjectStore, trialKey: string, term: number): Promise<void> {
  const there = await readLease(store, trialKey);
  if (there?.value.term !== term) throw new LeaseLostError(trialKey, term, there?.value);
}

// --- helpers ---

function readLease(store: ObjectStore, trialKey: string): Promise<StoredJson<LeaseRecord> | undefined> {
  return readJson(store, leaseKey(trialKey), leaseSchema);
}

function newRecord({ holder, attempt, ttlMs, now }: LeaseRequest, term: number): LeaseRecord {
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

  /** One after the other: a release must not meet a renewal that is still under way. */
  function write(ttlMs: number): Promise<void> {
    const done = lastWrite.then(() => writeNow(ttlMs));
    lastWrite = done.catch(() => {});
    return done;
  }

  async function writeNow(ttlMs: number): Promise<void> {
    const record = newRecord({ ...request, ttlMs }, term);
    try {
      const condition = { ifMatch: etag };
      ({ etag } = await store.put(leaseKey(trialKey), encodeJson(leaseSchema, record), condition));
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
      throw new LeaseLostError(trialKey, term, (await readLease(store, trialKey))?.value);
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
