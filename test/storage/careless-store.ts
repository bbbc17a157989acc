import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';

/** Starts an S3 server that ignores the conditions of writes. It has the objects of another. */
export async function carelessStore(target: StoreConfig) {
  const store = createMinioStore(target);
  const { hostname, port } = new URL(target.endpoint);
  const server = http.createServer(async (request, reply) => {
    const { method = '', url = '', headers } = request;
    const key = url.replace(/\?.*/, '').slice(`/${target.bucket}/`.length);
    if (method === 'PUT' && key) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { etag } = await store.put(decodeURIComponent(key), Buffer.concat(chunks));
      reply.writeHead(200, { etag: `"${etag}"` }).end();
      return;
    }
    const passed = http.request({ hostname, port, method, path: url, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    request.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    config: { ...target, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}
