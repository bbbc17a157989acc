import { z } from 'zod';
import { canonicalJson } from '../study/trial/trial-key.ts';
import { DamagedObjectError, type ObjectStore, PreconditionFailedError } from './object-store.ts';

/** A JSON object and the tag of its version. */
export interface StoredJson<T> {
  value: T;
  etag: string;
}

/**
 * Reads and validates a JSON object.
 *
 * @returns undefined if there is no such object.
 * @throws {DamagedObjectError} if it isn't JSON or doesn't match the schema.
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
 * Encodes a value as canonical JSON. It is validated first because JSON silently turns NaN into null.
 *
 * @throws {Error} if the value doesn't match the schema.
 */
export function encodeJson<T>(schema: z.ZodType<T>, value: T): Buffer {
  const checked = schema.safeParse(value);
  if (!checked.success) {
    throw new Error(
      `refused to store a value that could not be read back: ${z.prettifyError(checked.error)}`,
      {
        cause: checked.error,
      },
    );
  }
  return Buffer.from(canonicalJson(checked.data));
}

/**
 * Writes a JSON object unless its key is taken.
 *
 * @returns `created`, or whether the object that is already there has the `same` content or a `different` one.
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
    const stored = await store.get(key);
    return stored?.body.equals(body) ? 'same' : 'different';
  }
}

/**
 * Decodes what `encodeJson` has encoded.
 *
 * @throws {DamagedObjectError} if the object at this key isn't JSON or doesn't match the schema.
 */
export function decodeJson<T>(key: string, body: Buffer, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new DamagedObjectError(key, 'JSON', `${body.length} bytes that can't be parsed (${cause})`, {
      cause,
    });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new DamagedObjectError(key, 'JSON that matches its schema', z.prettifyError(parsed.error), {
      cause: parsed.error,
    });
  }
  return parsed.data;
}
