import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Passes requests on to a server as they are, and tells of each before it does.
 *
 * @param onRequest gets the method and the path, without the query.
 */
export async function recordingProxy(target: string, onRequest: (method: string, path: string) => void) {
  const { hostname, port } = new URL(target);
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, reply) => {
    const { method = '', url = '', headers } = request;
    onRequest(method, url.replace(/\?.*/, ''));
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
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close(): void {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
