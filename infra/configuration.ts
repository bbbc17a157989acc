import { join, resolve } from 'node:path';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { projectRoot } from './project.ts';
import { UserError } from './user-error.ts';

/** A bucket of an S3 object store, and the credentials for it. */
export interface StoreAddress {
  /** `http://HOST:PORT` or `https://HOST[:PORT]`, without a path. */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
  region: string;
}

/** Temporal, its workers and, unless a store is configured, the store are this program's own. */
export interface EmbeddedConfiguration {
  kind: 'embedded';
  /** Absolute path of the folder that holds all state. */
  stateFolder: string;
  store: StoreAddress | undefined;
}

/** Temporal and store are somebody else's, and so are the workers. */
export interface DeploymentConfiguration {
  kind: 'deployment';
  temporal: { connectionOptions: ClientConnectConfig['connectionOptions']; namespace: string };
  store: StoreAddress;
}

export type Configuration = EmbeddedConfiguration | DeploymentConfiguration;

/**
 * Reads where the servers are: Temporal from `TEMPORAL_ADDRESS` or a profile of Temporal's configuration file, the
 * object store from `S3_ENDPOINT`, `S3_ACCESS_KEY`, `S3_SECRET_KEY`, `S3_BUCKET` and `S3_REGION`, the state folder from
 * `STAGED_STUDY_STATE`. A variable that is empty counts as not set.
 *
 * @throws UserError where only a part of what belongs together is configured
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const set = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  ) as Record<string, string>;
  const temporal = readTemporal(set);
  const store = readStore(set);
  if (!temporal) {
    const stateFolder = resolve(set.STAGED_STUDY_STATE ?? join(projectRoot, '.state'));
    return { kind: 'embedded', stateFolder, store };
  }
  if (!store) {
    throw new UserError(
      `Temporal is configured (${temporal.connectionOptions.address}), but no object store: workers there need one that ` +
        'they reach too. Set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY, or unset TEMPORAL_ADDRESS and TEMPORAL_PROFILE.',
    );
  }
  return { kind: 'deployment', temporal, store };
}

// --- helpers ---

function readTemporal(set: Record<string, string>): DeploymentConfiguration['temporal'] | undefined {
  let config: ClientConnectConfig;
  try {
    config = loadClientConnectConfig({ overrideEnvVars: set });
  } catch (cause) {
    throw new UserError(`Temporal's configuration can't be read: ${(cause as Error).message}`, { cause });
  }
  const { connectionOptions, namespace = 'default' } = config;
  if (connectionOptions.address) return { connectionOptions, namespace };
  if (!set.TEMPORAL_PROFILE) return undefined;
  throw new UserError(
    `TEMPORAL_PROFILE is ${set.TEMPORAL_PROFILE}, but that profile names no address; add one, or set TEMPORAL_ADDRESS.`,
  );
}

function readStore(set: Record<string, string>): StoreAddress | undefined {
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey } = set;
  if (!endpoint && !accessKey && !secretKey) return undefined;
  if (!endpoint || !accessKey || !secretKey) {
    const missing = ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'].filter((name) => !set[name]);
    throw new UserError(`An object store is configured in part; set ${missing.join(' and ')} too.`);
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search) {
    throw new UserError(`S3_ENDPOINT should look like http://HOST:PORT or https://HOST, got ${endpoint}`);
  }
  const { S3_BUCKET: bucket = 'staged-study', S3_REGION: region = 'us-east-1' } = set;
  return { endpoint: url.origin, accessKey, secretKey, bucket, region };
}
