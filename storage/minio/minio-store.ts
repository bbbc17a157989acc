import type { IncomingMessage } from 'node:http';
import { withoutTestImages } from '../inputs/test-image-guard.ts';
import {
  type ObjectStore,
  PreconditionFailedError,
  type PutCondition,
  type StoredObject,
} from '../object-store.ts';
import { createClient, withRetries } from './client.ts';
import { errorCode } from './minio-errors.ts';
import type { StoreTimeouts } from './minio-transport.ts';
import type { StoreConfig } from './store-config.ts';

/**
 * A store in a bucket of MinIO or another S3 server. Creating it sends no request. Failures that may pass
 * (network, timeouts, HTTP 5xx) are retried a few times within seconds and then thrown.
 */
export function createMinioStore(config: StoreConfig, timeouts = DEFAULT_TIMEOUTS): ObjectStore {
  const client = createClient(config, timeouts);
  const { bucket } = config;

  const get = (key: string) =>
    withRetries(`read ${key}`, config, () =>
      unlessMissing('NoSuchKey', async (): Promise<StoredObject> => {
        const response = (await client.getObject(bucket, key)) as IncomingMessage;
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks);
        const declared = Number(response.headers['content-length']);
        if (body.length !== declared) throw new Error(`received ${body.length} of ${declared} bytes`);
        return { body, etag: (response.headers.etag ?? '').replaceAll('"', '') };
      }),
    );

  const put = (key: string, bytes: Uint8Array, condition?: PutCondition) => {
    // The library accepts only Buffers. This one shares the bytes.
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let replyLost = false;
    return withRetries(`write ${key}`, config, async () => {
      try {
        const { etag } = await client.putObject(bucket, key, body, body.length, conditionHeaders(condition));
        return { etag };
      } catch (cause) {
        if (!condition || !isRefused(cause, condition)) {
          replyLost = true;
          throw cause;
        }
        // An earlier attempt may have succeeded although its reply was lost. Then the stored object is ours.
        const stored = replyLost ? await get(key) : undefined;
        if (stored?.body.equals(body)) return { etag: stored.etag };
        throw new PreconditionFailedError(key, condition, { cause });
      }
    });
  };

  return withoutTestImages({
    get,
    put,
    stat: (key) =>
      withRetries(`look up ${key}`, config, () =>
        // The reply to a HEAD request has no body, so the library derives a code from the status.
        unlessMissing('NotFound', async () => {
          const { size, etag, lastModified } = await client.statObject(bucket, key);
          return { sizeBytes: size, etag, lastModified };
        }),
      ),
    list: (prefix) =>
      withRetries(`list ${prefix || 'all keys'}`, config, async () => {
        const objects = [];
        // Asks for page after page.
        for await (const { name, size, lastModified } of client.listObjectsV2(bucket, prefix, true)) {
          objects.push({
            key: name as string,
            sizeBytes: size as number,
            lastModified: lastModified as Date,
          });
        }
        return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
      }),
    delete: (key) => withRetries(`delete ${key}`, config, () => client.removeObject(bucket, key)),
  });
}

// --- helpers ---

const DEFAULT_TIMEOUTS: StoreTimeouts = { connectTimeoutMs: 4_000, idleTimeoutMs: 30_000 };

async function unlessMissing<T>(missingCode: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errorCode(error) === missingCode) return undefined;
    throw error;
  }
}

function conditionHeaders(condition: PutCondition | undefined): Record<string, string> {
  if (!condition) return {};
  return 'ifMatch' in condition ? { 'If-Match': `"${condition.ifMatch}"` } : { 'If-None-Match': '*' };
}

/** A conditional write over a version that has since been deleted is answered with `NoSuchKey`. */
function isRefused(error: unknown, condition: PutCondition): boolean {
  const code = errorCode(error);
  return code === 'PreconditionFailed' || ('ifMatch' in condition && code === 'NoSuchKey');
}
