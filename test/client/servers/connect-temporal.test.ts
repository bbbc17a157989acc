import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { Connection } from '@temporalio/client';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { connectTemporal } from '../../../client/servers/connect-temporal.ts';
import { UserError } from '../../../infra/user-error.ts';

vi.setConfig({ testTimeout: 40_000 });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a server that is late', () => {
  it('is waited for, and the waiting is told', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const port = await freePort();
    const connecting = connectTemporal({ address: `127.0.0.1:${port}` }, 'default');
    await vi.waitFor(
      () => expect(told).toHaveBeenCalledWith(`waiting for Temporal at 127.0.0.1:${port}`),
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

describe('says clearly, where that does not help,', () => {
  it('that nobody answers', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const address = `127.0.0.1:${await freePort()}`;
    const connecting = connectTemporal({ address }, 'default');
    await expect(connecting).rejects.toThrow(UserError);
    await expect(connecting).rejects.toThrow(
      `Temporal at ${address} did not answer within 10 s; check that it runs, and TEMPORAL_ADDRESS`,
    );
  });

  it('that there is no such namespace', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const address = inject('temporalAddress');
    const connecting = connectTemporal({ address }, 'nobodys');
    await expect(connecting).rejects.toThrow(UserError);
    await expect(connecting).rejects.toThrow(
      `Temporal at ${address} has no namespace "nobodys"; check TEMPORAL_NAMESPACE, or make it: ` +
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

/** Listens on a port, and passes on what comes to somebody else's. */
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
