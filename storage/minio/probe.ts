import { randomUUID } from 'node:crypto';
import { PROBES_PREFIX } from '../keys.ts';
import { type ObjectStore, PreconditionFailedError, type PutCondition } from '../object-store.ts';

/** The server lacks something that studies rely on. */
export class UnsuitableStoreError extends Error {
  override readonly name = 'UnsuitableStoreError';
}

/**
 * Tests a server's conditional writes, which keep two trainers apart and each result written once: one after another, and
 * with many writers at the same time, since servers exist that check the condition and write in two steps.
 *
 * @throws {UnsuitableStoreError} if they don't work.
 */
export async function probeConditionalWrites(store: ObjectStore): Promise<void> {
  const key = `${PROBES_PREFIX}${randomUUID()}`;
  try {
    const created = await expectWrite(store, key, 'first', { ifNoneMatch: '*' });
    await expectRefusal(store, key, { ifNoneMatch: '*' });
    await expectWrite(store, key, 'second', { ifMatch: created.etag });
    await expectRefusal(store, key, { ifMatch: created.etag });
    await store.delete(key);
    const { etag } = await expectOneWinner(store, key, { ifNoneMatch: '*' });
    await expectOneWinner(store, key, { ifMatch: etag });
  } finally {
    await store.delete(key);
  }
}

// --- helpers ---

async function expectWrite(store: ObjectStore, key: string, text: string, condition: PutCondition) {
  try {
    return await store.put(key, Buffer.from(text), condition);
  } catch (cause) {
    if (!(cause instanceof PreconditionFailedError)) throw cause;
    throw new UnsuitableStoreError(
      `the object store refused a write whose condition (${describe(condition)}) holds; use another S3 server`,
      { cause },
    );
  }
}

async function expectRefusal(store: ObjectStore, key: string, condition: PutCondition): Promise<void> {
  try {
    await store.put(key, Buffer.from('must be refused'), condition);
  } catch (error) {
    if (error instanceof PreconditionFailedError) return;
    throw error;
  }
  throw new UnsuitableStoreError(
    `the object store ignores conditional writes: it accepted a write whose condition (${describe(condition)}) does ` +
      'not hold, so it cannot keep two trainers apart; use a server that honours If-None-Match and If-Match, ' +
      'such as a current MinIO',
  );
}

const WRITERS = 32;

async function expectOneWinner(store: ObjectStore, key: string, condition: PutCondition) {
  const writes = await Promise.allSettled(
    Array.from({ length: WRITERS }, () => store.put(key, Buffer.from(randomUUID()), condition)),
  );
  for (const write of writes) {
    if (write.status === 'rejected' && !(write.reason instanceof PreconditionFailedError)) throw write.reason;
  }
  const won = writes.flatMap((write) => (write.status === 'fulfilled' ? [write.value] : []));
  const [winner] = won;
  if (winner && won.length === 1) return winner;
  throw new UnsuitableStoreError(
    `the object store let ${won.length} of ${WRITERS} writers succeed that wrote one object at the same time under the ` +
      `condition ${describe(condition)}; exactly one may, or two trainers could train one trial. Use another S3 server, ` +
      'such as a current MinIO',
  );
}

const describe = (condition: PutCondition): string =>
  'ifMatch' in condition ? 'If-Match' : 'If-None-Match: *';
