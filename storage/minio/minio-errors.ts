import { S3Error } from 'minio';
import { StoreAccessError, StoreUnavailableError } from '../object-store.ts';
import type { StoreConfig } from './store-config.ts';

/** The store's disk is full. An immediate retry doesn't help. */
export class StoreFullError extends StoreUnavailableError {}

/**
 * Translates an error of the client library.
 *
 * @param doing what failed, such as `read trials/…/lease.json`.
 */
export function toStoreError(error: unknown, doing: string, config: StoreConfig): Error {
  const code = errorCode(error);
  const what = describe(error);
  const where = `the object store at ${config.endpoint}`;
  const options = { cause: error };

  if (code === 'XMinioStorageFull' || code === 'InsufficientStorage') {
    return new StoreFullError(
      `could not ${doing}: the disk of ${where} is full (${what}); free some space on it`,
      options,
    );
  }
  if (code === 'RequestTimeTooSkewed') {
    return new StoreAccessError(
      `could not ${doing}: the clocks of this machine and of ${where} differ too much (${what}); correct them`,
      options,
    );
  }
  if (code === 'NoSuchBucket') {
    return new StoreAccessError(
      `could not ${doing}: ${where} has no bucket "${config.bucket}"; check S3_BUCKET or create the bucket`,
      options,
    );
  }
  if (code === 'AuthorizationHeaderMalformed' || code === 'InvalidRegion') {
    return new StoreAccessError(
      `could not ${doing}: ${where} isn't in region "${config.region}" (${what}); set S3_REGION`,
      options,
    );
  }
  const refusal = REFUSALS[code ?? ''];
  if (refusal) {
    return new StoreAccessError(
      `could not ${doing}: ${where} refuses the access key "${config.accessKey}": ${refusal} (${what}); check ` +
        `S3_ACCESS_KEY and S3_SECRET_KEY${config.sessionToken ? ' and S3_SESSION_TOKEN' : ''}, and that the key may read ` +
        `and write the bucket "${config.bucket}"`,
      options,
    );
  }
  if (error instanceof S3Error && !PASSING_CODES.has(code ?? '')) {
    return new Error(`could not ${doing}: ${where} answered ${what}; is it an S3 server?`, options);
  }
  return new StoreUnavailableError(
    `could not ${doing}: ${where} can't be used now (${what}); check S3_ENDPOINT, and that the server is running ` +
      'and reachable',
    options,
  );
}

/** The error's S3 or system code, if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code ? code : undefined;
}

// --- helpers ---

const REFUSALS: Record<string, string> = {
  AccessDenied: 'the key has no right to do this',
  AllAccessDisabled: 'all access to the bucket is disabled',
  InvalidAccessKeyId: 'the server does not know it',
  ExpiredToken: 'its session token has expired; get new credentials and restart what uses them',
  InvalidToken: 'its session token is invalid',
  InvalidTokenId: 'its session token is invalid',
  SignatureDoesNotMatch: 'the secret key does not match it',
};

/** Codes of a server that can't serve the request now. The last two follow from simultaneous writers. */
const PASSING_CODES = new Set([
  'InternalError',
  'SlowDown',
  'ServiceUnavailable',
  'RequestTimeout',
  'ConditionalRequestConflict',
  'OperationAborted',
]);

/** Code and message. A connection refused on several addresses has an empty message. */
function describe(error: unknown): string {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  if (!code || message.includes(code)) return message;
  return message ? `${code}: ${message}` : code;
}
