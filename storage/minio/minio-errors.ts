import { StoreAccessError, StoreUnavailableError } from '../object-store.ts';
import type { StoreConfig } from './store-config.ts';

/** The store's disk is full. Trying again at once doesn't help. */
export class StoreFullError extends StoreUnavailableError {}

/** What was being done when an error came, such as `read trials/…/lease.json`. */
export function toStoreError(error: unknown, doing: string, config: StoreConfig): Error {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const what = code && !message.includes(code) ? `${code}: ${message}` : message;
  const where = `the object store at ${config.endpoint}`;
  const options = { cause: error };

  if (code === 'XMinioStorageFull' || code === 'InsufficientStorage') {
    return new StoreFullError(
      `could not ${doing}: the disk of ${where} is full (${what}); free space there`,
      options,
    );
  }
  if (code === 'RequestTimeTooSkewed') {
    return new StoreAccessError(
      `could not ${doing}: the clocks of this machine and of ${where} differ too much (${what}); set them right`,
      options,
    );
  }
  if (code === 'NoSuchBucket') {
    return new StoreAccessError(
      `could not ${doing}: there is no bucket "${config.bucket}" in ${where}; check S3_BUCKET or make it`,
      options,
    );
  }
  if (code === 'AuthorizationHeaderMalformed' || code === 'InvalidRegion') {
    return new StoreAccessError(
      `could not ${doing}: ${where} isn't in region "${config.region}" (${what}); set S3_REGION`,
      options,
    );
  }
  if (code !== undefined && accessCodes.has(code)) {
    return new StoreAccessError(
      `could not ${doing}: ${where} refuses the access key "${config.accessKey}" (${what}); check ` +
        `S3_ACCESS_KEY and S3_SECRET_KEY, and that the key may read and write the bucket "${config.bucket}"`,
      options,
    );
  }
  if (isS3Error(error) && !passingCodes.has(code ?? '')) {
    return new Error(`could not ${doing}: ${where} answered ${what}; is it an S3 server?`, options);
  }
  return new StoreUnavailableError(
    `could not ${doing}: ${where} can't be used now (${what}); check that it runs and can be reached`,
    options,
  );
}

/** S3's or the system's code of an error, if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code ? code : undefined;
}

// --- helpers ---

const accessCodes = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidTokenId',
  'AllAccessDisabled',
]);

/** Answers of a server that is there but can't serve now; two writers at once give a conflict. */
const passingCodes = new Set([
  'InternalError',
  'SlowDown',
  'ServiceUnavailable',
  'RequestTimeout',
  'ConditionalRequestConflict',
  'OperationAborted',
]);

const isS3Error = (error: unknown): boolean => error instanceof Error && error.name === 'S3Error';
