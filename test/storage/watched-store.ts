import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoreConfig } from '../../storage/minio/store-config.ts';

/**
 * A store's address by which it can be watched: requests are passed on as they are, each after `onRequest` has let it.
 *
 * @param onRequest gets the method and the object's key, empty where the request is about the bucket. A request waits
 *   for the promise it returns.
 */
export async function watchedStore(
  target: StoreConfig,
  onRequest: (method: string, key: string) => void | Promise<void>,
) {
  const { hostname, port } = new URL(target.endpoint);
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer(async (request, reply) => {
    const { method = '', url = '', headers } = request;
    await onRequest(method, url.replace(/\?.*/, '').slice(`/${target.bucket}/`.length));
    // The Host header is part of what S3 clients sign: it stays as well.
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
