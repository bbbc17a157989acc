/** Where the object store is and how to get in. */
export interface StoreConfig {
  /** `http://host:port` or `https://host:port`, without a path. */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
  region: string;
}

/**
 * The store named by `S3_ENDPOINT`, `S3_ACCESS_KEY`, `S3_SECRET_KEY`, `S3_BUCKET` (default `staged-study`)
 * and `S3_REGION` (default `us-east-1`). Throws an error that names what is missing or wrong.
 */
export function storeConfigFromEnvironment(env: NodeJS.ProcessEnv): StoreConfig {
  const missing = ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'].filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(
      `the object store isn't fully configured: ${missing.join(', ')} missing from the environment; ` +
        'set S3_ENDPOINT (such as http://127.0.0.1:9000), S3_ACCESS_KEY and S3_SECRET_KEY together',
    );
  }
  const bucket = env.S3_BUCKET || 'staged-study';
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new Error(
      `S3_BUCKET: expected 3 to 63 lower-case letters, digits or '-', got ${JSON.stringify(bucket)}`,
    );
  }
  return {
    endpoint: parseEndpoint(env.S3_ENDPOINT ?? '').origin,
    accessKey: env.S3_ACCESS_KEY ?? '',
    secretKey: env.S3_SECRET_KEY ?? '',
    bucket,
    region: env.S3_REGION || 'us-east-1',
  };
}

/** The same as variables, for the environment of a process that reads them. */
export function storeEnvironment(store: StoreConfig): Record<string, string> {
  return {
    S3_ENDPOINT: store.endpoint,
    S3_ACCESS_KEY: store.accessKey,
    S3_SECRET_KEY: store.secretKey,
    S3_BUCKET: store.bucket,
    S3_REGION: store.region,
  };
}

/** Checks an endpoint; throws an error that shows what is expected. */
export function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const plain = url && url.pathname === '/' && !url.search && !url.hash && !url.username;
  if (!plain || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(
      `the object store's endpoint (S3_ENDPOINT): expected http://host:port or https://host:port ` +
        `without a path, got ${JSON.stringify(endpoint)}`,
    );
  }
  return url;
}
