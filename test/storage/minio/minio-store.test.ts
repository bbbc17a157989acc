import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { createMinioStore, ensureBucket } from '../../../storage/minio/minio-store.ts';
import { type StoreConfig, storeConfigFromEnvironment } from '../../../storage/minio/store-config.ts';
import {
  PreconditionFailedError,
  StoreAccessError,
  StoreUnavailableError,
} from '../../../storage/object-store.ts';
import { freshBucket } from '../fresh-stores.ts';

const servers: net.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    if (server instanceof http.Server) server.closeAllConnections();
  }
});

/** Listens until the test ends; the endpoint is on a free port of this machine. */
async function listen(server: net.Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stands before the real server and hands every request on; `onReply` may keep a reply from coming back. */
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
    () => expect.unreachable('a failure was expected'),
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
    expect(etag).toMatch(/^[0-9a-f]{32}$/); // several parts would have a tag that ends in -<parts>
    await expect(store.put('large', body, { ifNoneMatch: '*' })).rejects.toThrow(PreconditionFailedError);
    expect((await store.get('large'))?.body.equals(body)).toBe(true);
  });

  it('names endpoint, access key and remedy where the credentials are wrong', async () => {
    const config = { ...inject('store'), secretKey: 'wrong-secret' };
    const store = createMinioStore(config);
    const calls: [string, () => Promise<unknown>][] = [
      ['read a', () => store.get('a')],
      ['look up a', () => store.stat('a')],
      ['list all keys', () => store.list('')],
      ['write a', () => store.put('a', Buffer.from('a'))],
      ['delete a', () => store.delete('a')],
      [`make the bucket "${config.bucket}"`, () => ensureBucket(config)],
    ];
    for (const [doing, call] of calls) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(StoreAccessError);
      expect(error.message).toContain(`could not ${doing}: the object store at ${config.endpoint}`);
      expect(error.message).toContain(`refuses the access key "${config.accessKey}"`);
      expect(error.message).toContain('check S3_ACCESS_KEY and S3_SECRET_KEY');
      expect(error.message).not.toContain('wrong-secret');
      expect(error.cause).toBeInstanceOf(Error);
    }
    const unknown = createMinioStore({ ...config, accessKey: 'nobody' });
    await expect(unknown.get('a')).rejects.toThrow(/refuses the access key "nobody" \(InvalidAccessKeyId/);
  });

  it('names a bucket that is not there', async () => {
    const store = createMinioStore({ ...inject('store'), bucket: 'no-such-bucket' });
    await expect(store.put('a', Buffer.from('a'))).rejects.toThrow(StoreAccessError);
    await expect(store.list('')).rejects.toThrow(/no bucket "no-such-bucket".*S3_BUCKET/);
  });

  it('fails within seconds where nobody listens', async () => {
    const endpoint = await listen(net.createServer());
    servers.splice(0).forEach((server) => {
      server.close();
    });
    const started = performance.now();
    const read = createMinioStore({ ...inject('store'), endpoint }).get('a');
    await expect(read).rejects.toThrow(StoreUnavailableError);
    await expect(read).rejects.toThrow(`could not read a: the object store at ${endpoint} can't be used now`);
    await expect(read).rejects.toThrow(/ECONNREFUSED.*check that it runs/);
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it('gives up on a server that takes connections and says nothing', async () => {
    const sockets: net.Socket[] = [];
    const endpoint = await listen(net.createServer((socket) => sockets.push(socket.on('error', () => {}))));
    const store = createMinioStore(
      { ...inject('store'), endpoint },
      { connectTimeoutMs: 1_000, idleTimeoutMs: 200 },
    );
    await expect(store.get('a')).rejects.toThrow(/no answer within 0.2 s/);
    for (const socket of sockets) socket.destroy();
  });

  it('gives up on a reply that stops in the middle', async () => {
    const endpoint = await listen(
      http.createServer((_request, reply) => {
        reply.writeHead(200, { 'content-length': '1000' });
        reply.write('a beginning');
      }),
    );
    const store = createMinioStore(
      { ...inject('store'), endpoint },
      { connectTimeoutMs: 1_000, idleTimeoutMs: 200 },
    );
    await expect(store.get('a')).rejects.toThrow(StoreUnavailableError);
  });

  it('tries again where the server fails in passing', async () => {
    const config = await freshBucket();
    let requests = 0;
    const flaky = createMinioStore(await proxyTo(config, () => (++requests % 2 === 1 ? 'lose' : 'deliver')));
    await flaky.put('kept', Buffer.from('kept'));
    expect((await flaky.get('kept'))?.body.toString()).toBe('kept');
    expect(requests).toBe(4);
  });

  it('takes a conditional write whose reply was lost for what it is: done', async () => {
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

  it('refuses after a lost reply where somebody else wrote', async () => {
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

  it('says so at once where the disk of the server is full', async () => {
    const endpoint = await listen(answering(507, 'XMinioStorageFull'));
    const write = createMinioStore({ ...inject('store'), endpoint }).put('a', Buffer.from('a'));
    await expect(write).rejects.toThrow(StoreUnavailableError);
    await expect(write).rejects.toThrow(/could not write a: the disk of the object store .* is full/);
  });

  it('calls a server unavailable that keeps failing', async () => {
    const endpoint = await listen(answering(503, 'SlowDown'));
    await expect(createMinioStore({ ...inject('store'), endpoint }).list('x')).rejects.toThrow(
      StoreUnavailableError,
    );
  });

  it.each([404, 405])('asks whether a server that answers only %i is an S3 server', async (status) => {
    const endpoint = await listen(answering(status));
    await expect(createMinioStore({ ...inject('store'), endpoint }).get('a')).rejects.toThrow(
      /is it an S3 server\?/,
    );
  });
});

describe('ensureBucket', () => {
  it('makes a bucket once, also when asked twice at the same time', async () => {
    const config = await freshBucket();
    await Promise.all([ensureBucket(config), ensureBucket(config)]);
    expect(await createMinioStore(config).list('')).toEqual([]);
  });
});

describe('storeConfigFromEnvironment', () => {
  const complete = { S3_ENDPOINT: 'http://127.0.0.1:9000/', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' };

  it('fills in bucket and region', () => {
    expect(storeConfigFromEnvironment(complete)).toEqual({
      endpoint: 'http://127.0.0.1:9000',
      accessKey: 'key',
      secretKey: 'secret',
      bucket: 'staged-study',
      region: 'us-east-1',
    });
  });

  it('names what is missing', () => {
    expect(() => storeConfigFromEnvironment({ S3_ENDPOINT: 'http://127.0.0.1:9000' })).toThrow(
      /S3_ACCESS_KEY, S3_SECRET_KEY missing/,
    );
  });

  it.each(['127.0.0.1:9000', 'ftp://host', 'http://host/path', 'http://user@host'])(
    'refuses the endpoint %s',
    (endpoint) => {
      expect(() => storeConfigFromEnvironment({ ...complete, S3_ENDPOINT: endpoint })).toThrow(
        /S3_ENDPOINT.*expected http:\/\/host:port.*got/,
      );
    },
  );

  it('refuses a bucket name that no server takes', () => {
    expect(() => storeConfigFromEnvironment({ ...complete, S3_BUCKET: 'My_Bucket' })).toThrow(
      /S3_BUCKET: expected 3 to 63 .* got "My_Bucket"/,
    );
  });
});
