import { randomUUID } from 'node:crypto';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { AssumeRoleProvider } from 'minio/dist/esm/AssumeRoleProvider.mjs';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { ensureBucket } from '../../../storage/minio/bucket.ts';
import { createMinioStore } from '../../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../../storage/minio/store-config.ts';
import {
  PreconditionFailedError,
  StoreAccessError,
  StoreUnavailableError,
} from '../../../storage/object-store.ts';
import { freshBucket } from '../fresh-stores.ts';

// Retries need not wait.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const servers: net.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    if (server instanceof http.Server) server.closeAllConnections();
  }
});

/** Listens on a free port until the test ends. @returns the endpoint. */
async function listen(server: net.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts a proxy that forwards every request to the real server. `onReply` decides whether its reply is lost. */
async function proxyTo(
  config: StoreConfig,
  onReply: (request: http.IncomingMessage, reply: http.ServerResponse) => 'deliver' | 'lose',
): Promise<StoreConfig> {
  const { hostname, port } = new URL(config.endpoint);
  const proxy = http.createServer((request, reply) => {
    const { method, url: path, headers } = request;
    const onwards = http.request({ hostname, port, method, path, headers }, (response) => {
      if (onReply(request, reply) === 'lose') {
        response.resume();
        response.on('end', () => request.socket.destroy());
      } else {
        reply.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(reply);
      }
    });
    request.pipe(onwards);
  });
  return { ...config, endpoint: await listen(proxy) };
}

const failureOf = (action: Promise<unknown>): Promise<Error> =>
  action.then(
    () => expect.unreachable('expected a failure'),
    (error: Error) => error,
  );

const answering = (status: number, code = '') =>
  http.createServer((request, reply) => {
    request.resume();
    request.on('end', () => {
      reply.writeHead(status, { 'content-type': 'application/xml' });
      reply.end(code && `<Error><Code>${code}</Code><Message>from the test</Message></Error>`);
    });
  });

describe('createMinioStore', () => {
  it('writes an object above 64 MiB in one conditional put', async () => {
    const store = createMinioStore(await freshBucket());
    const body = Buffer.alloc(65 * 1024 * 1024, 7);
    const { etag } = await store.put('large', body, { ifNoneMatch: '*' });
    expect(etag).toMatch(/^[0-9a-f]{32}$/); // the tag of a multipart upload would end in -<parts>
    await expect(store.put('large', body, { ifNoneMatch: '*' })).rejects.toThrow(PreconditionFailedError);
    expect((await store.get('large'))?.body.equals(body)).toBe(true);
  });

  it('names endpoint, access key and remedy if the credentials are wrong', async () => {
    const config = { ...inject('store'), secretKey: 'wrong-secret' };
    const store = createMinioStore(config);
    const calls: [string, () => Promise<unknown>][] = [
      ['read a', () => store.get('a')],
      ['look up a', () => store.stat('a')],
      ['list all keys', () => store.list('')],
      ['write a', () => store.put('a', Buffer.from('a'))],
      ['delete a', () => store.delete('a')],
      [`open the bucket "${config.bucket}"`, () => ensureBucket(config)],
    ];
    for (const [doing, call] of calls) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(StoreAccessError);
      expect(error.message).toContain(`could not ${doing}: the object store at ${config.endpoint}`);
      expect(error.message).toContain(`refuses the access key "${config.accessKey}": `);
      expect(error.message).toContain('check S3_ACCESS_KEY and S3_SECRET_KEY');
      expect(error.message).not.toContain('wrong-secret');
      expect(error.cause).toBeInstanceOf(Error);
    }
    const unknown = createMinioStore({ ...config, accessKey: 'nobody' });
    await expect(unknown.get('a')).rejects.toThrow(
      /refuses the access key "nobody": the server does not know it \(InvalidAccessKeyId/,
    );
  });

  it('uses temporary credentials with their token, and asks for it if it is wrong', async () => {
    const config = await freshBucket();
    const { endpoint: stsEndpoint, accessKey, secretKey, region } = config;
    const role = new AssumeRoleProvider({ stsEndpoint, accessKey, secretKey, region });
    const given = await role.getCredentials();
    const temporary = {
      ...config,
      accessKey: given.getAccessKey(),
      secretKey: given.getSecretKey(),
      sessionToken: given.getSessionToken(),
    };
    await createMinioStore(temporary).put('a', Buffer.from('a'), { ifNoneMatch: '*' });
    expect((await createMinioStore(temporary).get('a'))?.body.toString()).toBe('a');
    const refused = await failureOf(createMinioStore({ ...temporary, sessionToken: 'forged' }).get('a'));
    expect(refused).toBeInstanceOf(StoreAccessError);
    expect(refused.message).toContain('check S3_ACCESS_KEY and S3_SECRET_KEY and S3_SESSION_TOKEN');
    expect(refused.message).not.toContain('forged');
  });

  it('reads and writes a bucket whose name has dots', async () => {
    const config = { ...inject('store'), bucket: `test.${randomUUID()}.dots` };
    await ensureBucket(config);
    const store = createMinioStore(config);
    await store.put('in/a.folder', Buffer.from('a'), { ifNoneMatch: '*' });
    expect(await store.list('in/')).toMatchObject([{ key: 'in/a.folder', sizeBytes: 1 }]);
  });

  it('names a missing bucket', async () => {
    const store = createMinioStore({ ...inject('store'), bucket: 'no-such-bucket' });
    await expect(store.put('a', Buffer.from('a'))).rejects.toThrow(StoreAccessError);
    await expect(store.list('')).rejects.toThrow(/has no bucket "no-such-bucket".*S3_BUCKET/);
  });

  it('gives up if no server listens', async () => {
    const endpoint = await listen(net.createServer());
    servers.splice(0).forEach((server) => {
      server.close();
    });
    const read = createMinioStore({ ...inject('store'), endpoint }).get('a');
    await expect(read).rejects.toThrow(StoreUnavailableError);
    await expect(read).rejects.toThrow(`could not read a: the object store at ${endpoint} can't be used now`);
    await expect(read).rejects.toThrow(/ECONNREFUSED.*check S3_ENDPOINT/);
  });

  it('gives up on a server that accepts connections and stays silent', async () => {
    const sockets: net.Socket[] = [];
    const endpoint = await listen(net.createServer((socket) => sockets.push(socket.on('error', () => {}))));
    const store = createMinioStore(
      { ...inject('store'), endpoint },
      { connectTimeoutMs: 1_000, idleTimeoutMs: 50 },
    );
    await expect(store.get('a')).rejects.toThrow(/no answer within 0.05 s/);
    for (const socket of sockets) socket.destroy();
  });

  it('gives up on a reply that stops half-way', async () => {
    const endpoint = await listen(
      http.createServer((_request, reply) => {
        reply.writeHead(200, { 'content-length': '1000' });
        reply.write('a beginning');
      }),
    );
    const store = createMinioStore(
      { ...inject('store'), endpoint },
      { connectTimeoutMs: 1_000, idleTimeoutMs: 50 },
    );
    await expect(store.get('a')).rejects.toThrow(StoreUnavailableError);
  });

  it('retries after a temporary failure', async () => {
    const config = await freshBucket();
    let requests = 0;
    const flaky = createMinioStore(await proxyTo(config, () => (++requests % 2 === 1 ? 'lose' : 'deliver')));
    await flaky.put('kept', Buffer.from('kept'));
    expect((await flaky.get('kept'))?.body.toString()).toBe('kept');
    expect(requests).toBe(4);
  });

  it('recognises its own conditional write after the reply was lost', async () => {
    const config = await freshBucket();
    let writes = 0;
    const through = await proxyTo(config, ({ method }) =>
      method === 'PUT' && ++writes % 2 === 1 ? 'lose' : 'deliver',
    );
    const store = createMinioStore(through);
    const first = await store.put('a', Buffer.from('one'), { ifNoneMatch: '*' });
    const second = await store.put('a', Buffer.from('two'), { ifMatch: first.etag });
    expect(await createMinioStore(config).get('a')).toEqual({ body: Buffer.from('two'), etag: second.etag });
    expect(writes).toBe(4);
  });

  it('is refused after a lost reply if another writer came first', async () => {
    const config = await freshBucket();
    const direct = createMinioStore(config);
    await direct.put('a', Buffer.from('theirs'));
    let writes = 0;
    const through = await proxyTo(config, ({ method }) =>
      method === 'PUT' && ++writes === 1 ? 'lose' : 'deliver',
    );
    await expect(
      createMinioStore(through).put('a', Buffer.from('ours'), { ifNoneMatch: '*' }),
    ).rejects.toThrow(PreconditionFailedError);
  });

  it('reports at once that the disk of the server is full', async () => {
    const server = answering(507, 'XMinioStorageFull');
    let requests = 0;
    server.on('request', () => requests++);
    const endpoint = await listen(server);
    const write = createMinioStore({ ...inject('store'), endpoint }).put('a', Buffer.from('a'));
    await expect(write).rejects.toThrow(StoreUnavailableError);
    await expect(write).rejects.toThrow(/could not write a: the disk of the object store .* is full/);
    expect(requests).toBe(1);
  });

  it('reports a server that keeps failing as unavailable', async () => {
    const endpoint = await listen(answering(503, 'SlowDown'));
    await expect(createMinioStore({ ...inject('store'), endpoint }).list('x')).rejects.toThrow(
      StoreUnavailableError,
    );
  });

  it.each([404, 405])('asks whether a server that always answers %i is an S3 server', async (status) => {
    const endpoint = await listen(answering(status));
    await expect(createMinioStore({ ...inject('store'), endpoint }).get('a')).rejects.toThrow(
      /is it an S3 server\?/,
    );
  });
});

describe('ensureBucket', () => {
  it('creates a bucket once, even if it is called twice at the same time', async () => {
    const config = { ...inject('store'), bucket: `test-${randomUUID()}` };
    await Promise.all([ensureBucket(config), ensureBucket(config)]);
    expect(await createMinioStore(config).list('')).toEqual([]);
  });
});
