import { z } from 'zod';
import { canonicalJson } from '../study/trial/trial-key.ts';
import { DamagedObjectError, type ObjectStore, PreconditionFailedError } from './object-store.ts';

/** A JSON object of the store and the tag of its version. */
export interface StoredJson<T> {
  value: T;
  etag: string;
}

/**
 * Reads and checks a JSON object.
 *
 * @returns undefined where there is none. Throws `DamagedObjectError` where it isn't JSON or doesn't fit.
 */
export async function readJson<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<StoredJson<T> | undefined> {
  const object = await store.get(key);
  return object && { value: decodeJson(key, object.body, schema), etag: object.etag };
}

/**
 * Canonical JSON of a value, checked first: JSON would turn NaN into null unseen, and what can't be read
 * back must not be written.
 */
export function encodeJson<T>(schema: z.ZodType<T>, value: T): Buffer {
  const checked = schema.safeParse(value);
  if (!checked.success) {
    throw new Error(`refused to store what could not be read back: ${z.prettifyError(checked.error)}`, {
      cause: checked.error,
    });
  }
  return Buffer.from(canonicalJson(checked.data));
}

/**
 * Writes a JSON object once; equal content that is there already is accepted.
 *
 * @returns whether this call wrote it, is `same` as what was there, or there is something `different`.
 */
export async function createJson<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  value: T,
): Promise<'created' | 'same' | 'different'> {
  const body = encodeJson(schema, value);
  try {
    await store.put(key, body, { ifNoneMatch: '*' });
    return 'created';
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    const there = await store.get(key);
    return there?.body.equals(body) ? 'same' : 'different';
  }
}

// --- helpers ---

function decodeJson<T>(key: string, body: Buffer, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new DamagedObjectError(key, 'JSON', `${body.length} bytes that are none (${cause})`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new DamagedObjectError(key, 'JSON of its format', z.prettifyError(parsed.error), {
      cause: parsed.error,
    });
  }
  return parsed.data;
}
