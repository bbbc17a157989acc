import { join, resolve } from 'node:path';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { findStoreConfig, type StoreConfig, StoreConfigError } from '../storage/minio/store-config.ts';
import { projectRoot } from './project.ts';
import { UserError } from './user-error.ts';

/** This program runs Temporal, the workers and, unless a store is configured, the store. */
export interface EmbeddedConfiguration {
  kind: 'embedded';
  /** Absolute path of the folder that holds all state. */
  stateFolder: string;
  store: StoreConfig | undefined;
}

/** Temporal, the workers and the store are run by others. */
export interface DeploymentConfiguration {
  kind: 'deployment';
  temporal: { connectionOptions: ClientConnectConfig['connectionOptions']; namespace: string };
  store: StoreConfig;
}

export type Configuration = EmbeddedConfiguration | DeploymentConfiguration;

/**
 * Reads which servers to use. Temporal comes from `TEMPORAL_ADDRESS` or a profile of Temporal's configuration file, the
 * object store from the `S3_*` variables, the state folder from `STAGED_STUDY_STATE`. An empty variable counts as unset.
 *
 * @throws {UserError} if the configuration is incomplete or malformed.
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
      `Temporal is configured (${temporal.connectionOptions.address}), but no object store, which its workers need too. ` +
        'Set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY, or unset TEMPORAL_ADDRESS and TEMPORAL_PROFILE.',
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
    `TEMPORAL_PROFILE is ${set.TEMPORAL_PROFILE}, but that profile has no address. Add one, or set TEMPORAL_ADDRESS.`,
  );
}

function readStore(set: Record<string, string>): StoreConfig | undefined {
  try {
    return findStoreConfig(set);
  } catch (error) {
    throw error instanceof StoreConfigError ? new UserError(error.message, { cause: error }) : error;
  }
}
