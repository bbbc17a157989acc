import { DEFAULT_BUCKET, DEFAULT_REGION, type StoreConfig } from '../../storage/minio/store-config.ts';
import { freePorts } from '../servers/ports.ts';
import { NAMESPACE } from '../servers/temporal-server.ts';
import { readOrMakeCredentials } from './credentials.ts';
import { readStackState, type StackPorts } from './stack-state.ts';

/** The addresses of a stack with these ports. */
export function stackAddresses({ ports }: { ports: StackPorts }) {
  return {
    temporal: {
      address: `127.0.0.1:${ports.temporal}`,
      namespace: NAMESPACE,
      uiUrl: `http://127.0.0.1:${ports.temporalUi}`,
    },
    storeEndpoint: `http://127.0.0.1:${ports.store}`,
    consoleUrl: `http://127.0.0.1:${ports.storeConsole}`,
  };
}

/** The stack's own store, according to its credentials file and ports. */
export function ownStore(stateFolder: string, { ports }: { ports: StackPorts }): StoreConfig {
  return {
    endpoint: stackAddresses({ ports }).storeEndpoint,
    ...readOrMakeCredentials(stateFolder),
    bucket: DEFAULT_BUCKET,
    region: DEFAULT_REGION,
  };
}

/**
 * Chooses the ports of the last start, so that bookmarks stay valid, or else the usual ones, or else others.
 *
 * @param hasStore whether the stack has its own store.
 * @returns the ports, and which usual ports were replaced: `7233 by 40123`.
 */
export async function choosePorts(
  stateFolder: string,
  hasStore: boolean,
): Promise<{ ports: StackPorts; replaced: string[] }> {
  const last = readStackState(stateFolder)?.ports;
  const wanted = (name: keyof StackPorts) => [last?.[name], USUAL_PORTS[name]];
  const ports = await freePorts({
    temporal: wanted('temporal'),
    temporalUi: wanted('temporalUi'),
    store: wanted('store'),
    storeConsole: wanted('storeConsole'),
  });
  const used: (keyof StackPorts)[] = ['temporal', 'temporalUi'];
  if (hasStore) used.push('store', 'storeConsole');
  const replaced = used.filter((name) => !wanted(name).includes(ports[name]));
  return { ports, replaced: replaced.map((name) => `${USUAL_PORTS[name]} by ${ports[name]}`) };
}

// --- helpers ---

const USUAL_PORTS: StackPorts = { temporal: 7233, temporalUi: 8233, store: 9000, storeConsole: 9001 };
