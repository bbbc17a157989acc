/** Address of an S3 bucket and the credentials for it. */
export interface StoreConfig {
  /** `http://HOST:PORT` or `https://HOST[:PORT]`, without a path. */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  /** Of temporary credentials. */
  sessionToken?: string;
  bucket: string;
  region: string;
}

/** The `S3_*` variables are incomplete or malformed. The message names the variable. */
export class StoreConfigError extends Error {
  override readonly name = 'StoreConfigError';
}

export const DEFAULT_BUCKET = 'staged-study';
export const DEFAULT_REGION = 'us-east-1';

/**
 * Reads the store's address from `S3_ENDPOINT`, `S3_ACCESS_KEY`, `S3_SECRET_KEY`, `S3_SESSION_TOKEN` (none by default),
 * `S3_BUCKET` (default `staged-study`) and `S3_REGION` (default `us-east-1`). An empty variable counts as unset.
 *
 * @returns undefined if endpoint and keys are all unset.
 * @throws {StoreConfigError} if only some of them are set, or a value is malformed.
 */
export function findStoreConfig(env: NodeJS.ProcessEnv): StoreConfig | undefined {
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey } = env;
  if (!endpoint && !accessKey && !secretKey) return undefined;
  if (!endpoint || !accessKey || !secretKey) {
    const missing = REQUIRED.filter((name) => !env[name]);
    throw new StoreConfigError(
      `The object store is only partly configured: set ${missing.join(' and ')} too.`,
    );
  }
  return {
    endpoint: checkedEndpoint(endpoint),
    accessKey,
    secretKey,
    ...(env.S3_SESSION_TOKEN && { sessionToken: env.S3_SESSION_TOKEN }),
    bucket: checkedBucket(env.S3_BUCKET || DEFAULT_BUCKET),
    region: env.S3_REGION || DEFAULT_REGION,
  };
}

/**
 * As `findStoreConfig`, for a process that needs a store.
 *
 * @throws {StoreConfigError} also if no store is configured.
 */
export function storeConfigFromEnvironment(env: NodeJS.ProcessEnv): StoreConfig {
  const found = findStoreConfig(env);
  if (found) return found;
  throw new StoreConfigError(
    'No object store is configured: set S3_ENDPOINT (such as http://127.0.0.1:9000), S3_ACCESS_KEY and S3_SECRET_KEY.',
  );
}

/** The variables from which `storeConfigFromEnvironment` reads this configuration, for a child process. */
export function storeEnvironment(store: StoreConfig): Record<string, string> {
  return {
    S3_ENDPOINT: store.endpoint,
    S3_ACCESS_KEY: store.accessKey,
    S3_SECRET_KEY: store.secretKey,
    // Empty, it also keeps out a token of the parent's environment, which is not of these keys.
    S3_SESSION_TOKEN: store.sessionToken ?? '',
    S3_BUCKET: store.bucket,
    S3_REGION: store.region,
  };
}

// --- helpers ---

const REQUIRED = ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'];

function checkedEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isPlain = url && url.pathname === '/' && !url.search && !url.hash && !url.username;
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new StoreConfigError(
      'S3_ENDPOINT: expected http://HOST:PORT or https://HOST[:PORT] without a path, ' +
        `got ${JSON.stringify(endpoint)}`,
    );
  }
  return url.origin;
}

function checkedBucket(bucket: string): string {
  const isValid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) &&
    // Parts of a host's name, which an address is not.
    bucket.split('.').every((part) => /^[a-z0-9](.*[a-z0-9])?$/.test(part)) &&
    !/^[0-9]+(\.[0-9]+){3}$/.test(bucket);
  if (isValid) return bucket;
  throw new StoreConfigError(
    "S3_BUCKET: expected 3 to 63 lower-case letters, digits, '-' or '.', with a letter or digit at both ends and beside " +
      `each '.', and no IP address, got ${JSON.stringify(bucket)}`,
  );
}
