import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoreConfig } from '../../storage/minio/store-config.ts';

interface Exchange {
  request: http.IncomingMessage;
  reply: http.ServerResponse;
}

/**
 * Starts a proxy through which a store can be watched. It forwards each request unchanged once `onRequest` resolves. If that
 * throws, the connection ends without an answer.
 *
 * @param onRequest receives the method and the object's key, which is empty if the request concerns the bucket. It may answer the
 *   request itself, and then says so.
 */
export async function watchedStore(
  target: StoreConfig,
  onRequest: (method: string, key: string, exchange: Exchange) => unknown,
) {
  const { hostname, port } = new URL(target.endpoint);
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer(async (request, reply) => {
    const { method = '', url = '', headers } = request;
    try {
      const key = url.replace(/\?.*/, '').slice(`/${target.bucket}/`.length);
      if ((await onRequest(method, key, { request, reply })) === 'answered') return;
    } catch {
      return reply.destroy();
    }
    // S3 clients sign the Host header, so it must not change either.
    const passed = http.request({ agent, hostname, port, method, path: url, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    passed.on('error', () => reply.destroy());
    request.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    config: { ...target, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    close(): void {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
