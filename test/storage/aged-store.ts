import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { watchedStore } from './watched-store.ts';

/** Starts an S3 server that has the objects of another, each older than it is there. */
export function agedStore(target: StoreConfig, olderByMs: number) {
  const { hostname, port } = new URL(target.endpoint);
  const older = (time: string) => new Date(Date.parse(time) - olderByMs);
  return watchedStore(target, async (method, _key, { request, reply }) => {
    if (method !== 'GET' && method !== 'HEAD') return;
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const { url: path, headers } = request;
      http.get({ hostname, port, method, path, headers }, resolve).on('error', reject);
    });
    const body = await buffer(answer);
    const { 'last-modified': modified, ...headers } = answer.headers;
    const isList = headers['content-type']?.includes('xml') ?? false;
    const changed = isList
      ? Buffer.from(
          body.toString().replace(/(<LastModified>)(.*?)(<)/g, (_match, start, time, end) => {
            return `${start}${older(time).toISOString()}${end}`;
          }),
        )
      : body;
    const length = method === 'HEAD' ? headers['content-length'] : String(changed.length);
    reply.writeHead(answer.statusCode ?? 502, {
      ...headers,
      ...(modified && { 'last-modified': older(modified).toUTCString() }),
      ...(length !== undefined && { 'content-length': length }),
    });
    reply.end(changed);
    return 'answered';
  });
}
