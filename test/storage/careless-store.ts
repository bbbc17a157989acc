import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { watchedStore } from './watched-store.ts';

/** Starts an S3 server that ignores the conditions of writes. It has the objects of another. */
export function carelessStore(target: StoreConfig) {
  const store = createMinioStore(target);
  return watchedStore(target, async (method, key, { request, reply }) => {
    if (method !== 'PUT' || !key) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { etag } = await store.put(decodeURIComponent(key), Buffer.concat(chunks));
    reply.writeHead(200, { etag: `"${etag}"` }).end();
    return 'answered';
  });
}
