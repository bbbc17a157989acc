import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'minio';
import { withoutTestImages } from '../inputs/test-image-guard.ts';
import {
  type ObjectStore,
  PreconditionFailedError,
  type PutCondition,
  StoreAccessError,
  type StoredObject,
  StoreUnavailableError,
} from '../object-store.ts';
import { errorCode, StoreFullError, toStoreError } from './minio-errors.ts';
import { type StoreTimeouts, transportWithTimeouts } from './minio-transport.ts';
import { parseEndpoint, type StoreConfig } from './store-config.ts';

/**
 * A store in a bucket of MinIO or of another S3 server. Makes no request by itself. Failures that may pass
 * (network, time-outs, 5xx) are tried again a few times within seconds, then thrown.
 */
export function createMinioStore(config: StoreConfig, timeouts = defaultTimeouts): ObjectStore {
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
        if (body.length !== declared) throw new Error(`${body.length} of ${declared} bytes came`);
        return { body, etag: (response.headers.etag ?? '').replaceAll('"', '') };
      }),
    );

  const put = (key: string, bytes: Uint8Array, condition?: PutCondition) => {
    // The library takes Buffers only; this one shares the bytes.
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
        // An earlier try may have gone through although its reply was lost: then what is there is ours.
        const there = replyLost ? await get(key) : undefined;
        if (there?.body.equals(body)) return { etag: there.etag };
        throw new PreconditionFailedError(key, condition, { cause });
      }
    });
  };

  return withoutTestImages({
    get,
    put,
    stat: (key) =>
      withRetries(`look up ${key}`, config, () =>
        // The answer to a HEAD has no body, so that the library makes up a code from its status.
        unlessMissing('NotFound', async () => {
          const { size, etag, lastModified } = await client.statObject(bucket, key);
          return { sizeBytes: size, etag, lastModified };
        }),
      ),
    list: (prefix) =>
      withRetries(`list ${prefix || 'all keys'}`, config, async () => {
        const objects = [];
        for await (const { name, size } of client.listObjectsV2(bucket, prefix, true)) {
          objects.push({ key: name as string, sizeBytes: size as number });
        }
        return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
      }),
    delete: (key) => withRetries(`delete ${key}`, config, () => client.removeObject(bucket, key)),
  });
}

/** Makes the bucket unless it is there. */
export async function ensureBucket(config: StoreConfig, timeouts = defaultTimeouts): Promise<void> {
  const client = createClient(config, timeouts);
  await withRetries(`make the bucket "${config.bucket}"`, config, async () => {
    if (await client.bucketExists(config.bucket)) return;
    try {
      await client.makeBucket(config.bucket, config.region);
    } catch (error) {
      if (errorCode(error) !== 'BucketAlreadyOwnedByYou') throw error;
    }
  });
}

// --- helpers ---

const defaultTimeouts: StoreTimeouts = { connectTimeoutMs: 4_000, idleTimeoutMs: 30_000 };

/** Pauses before the second, third and fourth try, before jitter. */
const pausesMs = [200, 600, 1_800];

function createClient(config: StoreConfig, timeouts: StoreTimeouts): Client {
  const { hostname, port, protocol } = parseEndpoint(config.endpoint);
  const secure = protocol === 'https:';
  return new Client({
    endPoint: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? 443 : 80,
    useSSL: secure,
    accessKey: config.accessKey,
    secretKey: config.secretKey,
    region: config.region,
    transport: transportWithTimeouts(secure, timeouts),
    transportAgent: new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 16 }),
    // One put an object, whatever its size: conditional writes don't hold for multipart uploads.
    partSize: 5 * 1024 ** 3,
    // Its own retries lose the server's error code.
    retryOptions: { disableRetry: true },
  });
}

/** Runs `action` until it succeeds, fails for good, or has failed four times; errors come out translated. */
async function withRetries<T>(doing: string, config: StoreConfig, action: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await action();
    } catch (cause) {
      if (finalErrors.some((kind) => cause instanceof kind)) throw cause;
      const error = toStoreError(cause, doing, config);
      const pauseMs = pausesMs[failures];
      const mayPass = error instanceof StoreUnavailableError && !(error instanceof StoreFullError);
      if (!mayPass || pauseMs === undefined) throw error;
      await pause(pauseMs * (0.5 + Math.random()));
    }
  }
}

/** Errors that need no translation. */
const finalErrors = [PreconditionFailedError, StoreUnavailableError, StoreAccessError];

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

/** A write over a version that has been deleted meanwhile is answered like one over a missing key. */
function isRefused(error: unknown, condition: PutCondition): boolean {
  const code = errorCode(error);
  return code === 'PreconditionFailed' || ('ifMatch' in condition && code === 'NoSuchKey');
}
