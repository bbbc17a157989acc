import { randomUUID } from 'node:crypto';
import { type ObjectStore, PreconditionFailedError, type PutCondition } from '../object-store.ts';

/** The server lacks something that studies rely on. */
export class UnsuitableStoreError extends Error {
  override readonly name = 'UnsuitableStoreError';
}

/**
 * Tests a server's conditional writes, which keep two trainers apart and each result written once.
 *
 * @throws {UnsuitableStoreError} if they don't work.
 */
export async function probeConditionalWrites(store: ObjectStore): Promise<void> {
  const key = `probe/${randomUUID()}`;
  try {
    const created = await expectWrite(store, key, 'first', { ifNoneMatch: '*' });
    await expectRefusal(store, key, { ifNoneMatch: '*' });
    await expectWrite(store, key, 'second', { ifMatch: created.etag });
    await expectRefusal(store, key, { ifMatch: created.etag });
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

const describe = (condition: PutCondition): string =>
  'ifMatch' in condition ? 'If-Match' : 'If-None-Match: *';
