import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { Connection } from '@temporalio/client';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { connectTemporal } from '../../../client/servers/connect-temporal.ts';
import { UserError } from '../../../infra/user-error.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a server that is late', () => {
  it('is waited for, with a notice', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const port = await freePort();
    const connecting = connectTemporal({ address: `127.0.0.1:${port}` }, 'default');
    await vi.waitFor(
      () => expect(told).toHaveBeenCalledWith(`Waiting for Temporal at 127.0.0.1:${port}`),
      20_000,
    );
    const relay = await relayTo(inject('temporalAddress'), port);
    const connection = await connecting;
    expect((await connection.workflowService.getSystemInfo({})).serverVersion).toBeTruthy();
    await connection.close();
    relay.close();
  });

  it('is waited for until it has the namespace', async () => {
    const address = inject('temporalAddress');
    const namespace = `late-${randomUUID()}`;
    const connecting = connectTemporal({ address }, namespace);
    const admin = await Connection.connect({ address });
    await admin.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    await admin.close();
    await (await connecting).close();
  });
});

describe('if waiting does not help, says', () => {
  it('that nobody answers', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const address = `127.0.0.1:${await freePort()}`;
    const connecting = connectTemporal({ address }, 'default', { serverMs: 500, namespaceMs: 0 });
    await expect(connecting).rejects.toThrow(UserError);
    await expect(connecting).rejects.toThrow(
      `Temporal at ${address} did not answer within 0.5 s; check that it is running; if TEMPORAL_ADDRESS`,
    );
  });

  it('that the namespace does not exist', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const address = inject('temporalAddress');
    const connecting = connectTemporal({ address }, 'nobodys', { serverMs: 500, namespaceMs: 500 });
    await expect(connecting).rejects.toThrow(UserError);
    await expect(connecting).rejects.toThrow(
      `Temporal at ${address} has no namespace "nobodys"; check TEMPORAL_NAMESPACE, or create it: ` +
        'temporal operator namespace create nobodys',
    );
  });
});

// --- helpers ---

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Forwards connections on a port to another address. */
async function relayTo(address: string, port: number): Promise<net.Server> {
  const [host, target] = address.split(':');
  const server = net.createServer((socket) => {
    const other = net.connect(Number(target), host);
    socket.pipe(other).pipe(socket);
    for (const each of [socket, other]) each.on('error', () => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
