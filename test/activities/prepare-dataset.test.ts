import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { createPrepareDataset } from '../../activities/prepare-dataset.ts';
import { sha256Of } from '../../storage/blobs.ts';
import { getTrainingRecords, putDataset } from '../../storage/inputs/datasets.ts';
import { getTestRecords } from '../../storage/inputs/test-images.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { OFFICIAL_ARCHIVE } from '../../training/data/archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { openNamespace } from '../workflows/namespace.ts';
import { preparations } from './preparations.ts';
import { smallArchive, smallImages } from './small-archive.ts';

type Prepare = ReturnType<typeof createPrepareDataset>;

let archive: Buffer;
let temporal: Awaited<ReturnType<typeof openNamespace>>;
beforeAll(async () => {
  archive = await smallArchive();
  temporal = await openNamespace();
});
afterAll(() => temporal.close());

let folder: string;
let file: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-dataset-'));
  file = join(folder, 'small.tar.gz');
  await writeFile(file, archive);
  store = createMinioStore(await freshBucket());
});
afterEach(() => rm(folder, { recursive: true }));

const { start, withWorker, prepare, refused } = preparations<
  Parameters<Prepare>[0],
  Awaited<ReturnType<Prepare>>
>('prepareDataset', () => ({ temporal, store, folder }));

describe('an archive that is named', () => {
  it('is stored, training and test images apart, and told where it came from', async () => {
    const summary = await prepare({ source: { archive: file }, generatedImages: false });
    const origin = { kind: 'other', archiveSha256: sha256Of(archive), source: file };
    expect(summary).toMatchObject({ trainImages: 200, testImages: 100, origin });
    expect((await getTrainingRecords(store, summary.sha256)).equals(smallImages.train)).toBe(true);
    expect((await getTestRecords(store, summary.sha256)).equals(smallImages.test)).toBe(true);

    expect(await prepare({ source: { archive: file }, generatedImages: false })).toEqual(summary);
  });

  it('tells what it does while it does it, and how much has come', async () => {
    let sendRest = () => {};
    const server = await listening(
      http.createServer((_request, reply) => {
        reply.writeHead(200, { 'content-length': archive.length }).write(archive.subarray(0, 1000));
        sendRest = () => reply.end(archive.subarray(1000));
      }),
    );
    await withWorker(async () => {
      const handle = await start({ source: { archive: urlOf(server) }, generatedImages: false }, 1);
      const details = async () =>
        (await handle.describe({ includeHeartbeatDetails: true })).getHeartbeatDetails();
      await expect
        .poll(details, { timeout: 20_000 })
        .toEqual({ doing: `fetching ${urlOf(server)}`, doneBytes: 1000, totalBytes: archive.length });
      sendRest();
      expect(await handle.result()).toMatchObject({ trainImages: 200 });
    });
    server.close();
    server.closeAllConnections();
  });

  it('is fetched from an address, and the download is not kept', async () => {
    await withServer(200, archive, async (url) => {
      const summary = await prepare({ source: { archive: url }, generatedImages: false });
      expect(summary).toMatchObject({ trainImages: 200, origin: { kind: 'other', source: url } });
    });
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  });

  it.each([
    ['cut off', () => archive.subarray(0, archive.length / 2), /small\.tar\.gz: cut off/],
    [
      'no archive at all',
      () => Buffer.from('<html>not found</html>'),
      /small\.tar\.gz: not a valid \.tar\.gz/,
    ],
  ])('is refused at once and for good where it is %s', async (_what, content, message) => {
    await writeFile(file, content());
    const refusal = await refused({ source: { archive: file }, generatedImages: true });
    expect(refusal.cause).toBeInstanceOf(ApplicationFailure);
    expect(refusal.cause).toMatchObject({ nonRetryable: true, type: 'DamagedArchive' });
    expect(refusal.cause.message).toMatch(message);
    expect(refusal.attempts).toBe(1);
    expect(await store.list('')).toEqual([]);
  });

  it('is refused where it is damaged on its server, and the download is not kept', async () => {
    await withServer(200, archive.subarray(0, 1000), async (url) => {
      const { cause } = await refused({ source: { archive: url }, generatedImages: true });
      expect(cause).toMatchObject({ nonRetryable: true, type: 'DamagedArchive' });
    });
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  });

  it('is not replaced by generated images where it can not be had', async () => {
    await withServer(404, Buffer.alloc(0), async (url) => {
      const { cause, attempts } = await refused({ source: { archive: url }, generatedImages: true });
      expect(cause.message).toMatch(/archive can't be had: .*got 404.*--dataset FILE or CIFAR10_ARCHIVE/);
      expect(attempts).toBe(1);
    });
    await withServer(503, Buffer.alloc(0), async (url) => {
      const { cause, attempts } = await refused({ source: { archive: url }, generatedImages: true });
      expect(cause.message).toMatch(/got 503/);
      expect(attempts).toBe(2);
    });
    const { cause } = await refused({ source: { archive: join(folder, 'gone') }, generatedImages: true });
    expect(cause.message).toMatch(/gone: can't be read/);
    expect(await store.list('')).toEqual([]);
  });
});

describe('the official archive', () => {
  /** What the official address leads to. */
  let leadsTo: string;
  let requests: number;
  beforeEach(() => {
    const { fetch } = globalThis;
    requests = 0;
    vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
      expect(url).toBe(OFFICIAL_ARCHIVE.url);
      requests++;
      return fetch(leadsTo, options);
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is not fetched where the store has it', async () => {
    const { sha256: archiveSha256 } = OFFICIAL_ARCHIVE;
    const stored = await putDataset(store, { ...smallImages, origin: { kind: 'official', archiveSha256 } });
    const summary = await prepare({ source: { archive: null }, generatedImages: true });
    expect(summary).toMatchObject({ sha256: stored.dataset, origin: { kind: 'official' } });
    expect(requests).toBe(0);
  });

  it('is replaced by generated images after some seconds of silence, where the profile lets it', async () => {
    const silent = await listening(net.createServer((socket) => socket.on('error', () => {})));
    leadsTo = urlOf(silent);
    const started = performance.now();
    const summary = await prepare({ source: { archive: null }, generatedImages: true });
    // Ten, on a machine that has nothing else to do.
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(summary).toMatchObject({ trainImages: 2000, testImages: 500, origin: { kind: 'generated' } });
    expect(summary.origin).not.toHaveProperty('source');
    expect(requests).toBe(1);
    silent.close();
  });

  it('is not replaced otherwise: the refusal says how to name one', async () => {
    const closed = await listening(net.createServer());
    leadsTo = urlOf(closed);
    closed.close();
    const { cause, attempts } = await refused({ source: { archive: null }, generatedImages: false });
    expect(cause.message).toMatch(/archive can't be had: .*ECONNREFUSED.*--dataset FILE or CIFAR10_ARCHIVE/);
    expect(attempts).toBe(1);
    expect(await store.list('')).toEqual([]);
  });
});

// --- helpers ---

async function withServer(status: number, body: Buffer, use: (url: string) => Promise<void>): Promise<void> {
  const server = http.createServer((_request, reply) => {
    reply.writeHead(status, { 'content-length': body.length }).end(body);
  });
  await listening(server);
  try {
    await use(urlOf(server));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function listening<T extends net.Server>(server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: net.Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar.tar.gz`;
}
