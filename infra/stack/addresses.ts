import type { StoreAddress } from '../configuration.ts';
import { freePorts } from '../servers/ports.ts';
import { namespace } from '../servers/temporal-server.ts';
import { readOrMakeCredentials } from './credentials.ts';
import { readRecord, type StackPorts } from './stack-state.ts';

/** The addresses of a stack with these ports. */
export function stackAddresses({ ports }: { ports: StackPorts }) {
  return {
    temporal: {
      address: `127.0.0.1:${ports.temporal}`,
      namespace,
      uiUrl: `http://127.0.0.1:${ports.temporalUi}`,
    },
    storeEndpoint: `http://127.0.0.1:${ports.store}`,
    consoleUrl: `http://127.0.0.1:${ports.storeConsole}`,
  };
}

/** The stack's own store, which its credentials file and ports describe. */
export function ownStore(stateFolder: string, record: { ports: StackPorts }): StoreAddress {
  return {
    endpoint: stackAddresses(record).storeEndpoint,
    ...readOrMakeCredentials(stateFolder),
    bucket: 'staged-study',
    region: 'us-east-1',
  };
}

/**
 * The usual ports, those of the last time first, so that bookmarks stay good; others where both are taken.
 *
 * @param hasStore whether the stack has a store of its own
 * @returns also the usual ports that are replaced by others
 */
export async function choosePorts(
  stateFolder: string,
  hasStore: boolean,
): Promise<{ ports: StackPorts; replaced: string[] }> {
  const last = readRecord(stateFolder)?.ports;
  const wanted = (name: keyof StackPorts) => [last?.[name], usualPorts[name]];
  const ports = await freePorts({
    temporal: wanted('temporal'),
    temporalUi: wanted('temporalUi'),
    store: wanted('store'),
    storeConsole: wanted('storeConsole'),
  });
  const used: (keyof StackPorts)[] = ['temporal', 'temporalUi'];
  if (hasStore) used.push('store', 'storeConsole');
  const replaced = used.filter((name) => !wanted(name).includes(ports[name]));
  return { ports, replaced: replaced.map((name) => `${usualPorts[name]} by ${ports[name]}`) };
}

// --- helpers ---

const usualPorts: StackPorts = { temporal: 7233, temporalUi: 8233, store: 9000, storeConsole: 9001 };
