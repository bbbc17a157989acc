import { Client } from 'minio';
import type { StoreAddress } from '../configuration.ts';
import { UserError } from '../user-error.ts';

/**
 * Makes the bucket where it is missing, which also shows whether store and credentials are right.
 *
 * @throws UserError where the store can't be reached or refuses the credentials
 */
export async function ensureBucket(store: StoreAddress): Promise<void> {
  const { protocol, hostname, port } = new URL(store.endpoint);
  const client = new Client({
    endPoint: hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    useSSL: protocol === 'https:',
    accessKey: store.accessKey,
    secretKey: store.secretKey,
    region: store.region,
    // Its own retries hide why a request was refused.
    retryOptions: { disableRetry: true },
  });
  try {
    // Also refused where the bucket is somebody else's, unlike making it.
    await within(
      10_000,
      client.listObjectsQuery(store.bucket, '', '', { Delimiter: '', MaxKeys: 1, IncludeVersion: false }),
    );
  } catch (error) {
    if (codeOf(error) !== 'NoSuchBucket') throw storeError(store, error);
    await client.makeBucket(store.bucket, store.region).catch((failure: unknown) => {
      if (codeOf(failure) !== 'BucketAlreadyOwnedByYou') throw storeError(store, failure);
    });
  }
}

// --- helpers ---

const refusals: Record<string, string> = {
  InvalidAccessKeyId: 'it does not know the access key',
  SignatureDoesNotMatch: 'the secret key does not fit the access key',
  AccessDenied: 'the credentials have no right to use this bucket',
};

function storeError(store: StoreAddress, error: unknown): UserError {
  const where = `The object store at ${store.endpoint} (bucket ${store.bucket})`;
  const refusal = refusals[codeOf(error) ?? ''];
  if (refusal) {
    return new UserError(`${where} refused: ${refusal}. Check S3_ACCESS_KEY and S3_SECRET_KEY.`, {
      cause: error,
    });
  }
  return new UserError(`${where} can't be used: ${describe(error)}. Check S3_ENDPOINT and S3_BUCKET.`, {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

/** A connection refused on several addresses has its message in the parts alone. */
function describe(error: unknown): string {
  const { message } = error as Error;
  return message || codeOf(error) || String(error);
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
