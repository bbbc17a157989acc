import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { createPrepareDataset } from '../../activities/prepare-dataset.ts';
import { identifyProcess } from '../../infra/process-identity.ts';
import { sha256Of } from '../../storage/blobs.ts';
import { putAddress } from '../../storage/inputs/addresses.ts';
import { getTrainingImages, putDataset } from '../../storage/inputs/datasets.ts';
import { getTestImages } from '../../storage/inputs/test-images.ts';
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
afterEach(() => {
  vi.unstubAllEnvs();
  return rm(folder, { recursive: true });
});

const { start, withWorker, prepare, refused } = preparations<
  Parameters<Prepare>[0],
  Awaited<ReturnType<Prepare>>
>('prepareDataset', () => ({ temporal, store, folder }));

describe('a given archive', () => {
  it('is stored with its origin, training and test images separately', async () => {
    const summary = await prepare({ source: { archive: file }, generatedImages: false });
    const origin = { kind: 'other', archiveSha256: sha256Of(archive), source: file };
    expect(summary).toMatchObject({ trainImages: 200, testImages: 100, origin });
    expect((await getTrainingImages(store, summary.sha256)).equals(smallImages.train)).toBe(true);
    expect((await getTestImages(store, summary.sha256)).equals(smallImages.test)).toBe(true);

    expect(await prepare({ source: { archive: file }, generatedImages: false })).toEqual(summary);
  });

  it('shows in heartbeats how much of it is downloaded', async () => {
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
        .poll(details)
        .toEqual({ doing: `downloading ${urlOf(server)}`, doneBytes: 1000, totalBytes: archive.length });
      sendRest();
      expect(await handle.result()).toMatchObject({ trainImages: 200 });
    });
    server.close();
    server.closeAllConnections();
  });

  it('is downloaded from a URL, and the download is not kept', async () => {
    await withServer(200, archive, async (url) => {
      const summary = await prepare({ source: { archive: url }, generatedImages: false });
      expect(summary).toMatchObject({ trainImages: 200, origin: { kind: 'other', source: url } });
    });
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  });

  it('is downloaded once at a time, and recorded without what is secret in its URL', async () => {
    await withServer(200, archive, async (url) => {
      const request = { source: { archive: `${url}?X-Amz-Signature=secret` }, generatedImages: false };
      await withWorker(async () => {
        const handles = await Promise.all([start(request, 1), start(request, 1)]);
        for (const handle of handles) {
          const summary = await handle.result();
          expect(summary.origin).toMatchObject({ source: url });
        }
      });
    });
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  });

  it('waits for the download of another worker, and goes on when that has died', async () => {
    let requests = 0;
    const server = await listening(
      http.createServer((_request, reply) => {
        requests++;
        reply.end(archive);
      }),
    );
    const url = urlOf(server);
    const other = spawn('sleep', ['1000']);
    const hash = createHash('sha256').update(url).digest('hex').slice(0, 16);
    await mkdir(join(folder, 'downloads'));
    await writeFile(
      join(folder, 'downloads', `${hash}-cifar.tar.gz.lock`),
      JSON.stringify({ ...identifyProcess(other.pid as number), id: 'other' }),
    );
    await withWorker(async () => {
      const handle = await start({ source: { archive: url }, generatedImages: false }, 1);
      const heard = async () =>
        (await handle.describe({ includeHeartbeatDetails: true })).getHeartbeatDetails();
      await expect.poll(heard).toEqual({ doing: `downloading ${url}` });
      expect(requests).toBe(0);
      other.kill();
      expect(await handle.result()).toMatchObject({ trainImages: 200 });
    });
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
    server.close();
    server.closeAllConnections();
  });

  it('is downloaded from the URL that the store keeps, which the workflow does not know', async () => {
    await withServer(200, archive, async (url) => {
      const named = await putAddress(store, `${url}?X-Amz-Signature=secret`);
      expect(named).toMatch(/cifar\.tar\.gz#[0-9a-f]{64}$/);
      const summary = await prepare({ source: { archive: named }, generatedImages: false });
      expect(summary.origin).toMatchObject({ source: url });
      const other = await refused({
        source: { archive: named.replace('cifar', 'other') },
        generatedImages: true,
      });
      expect(other).toMatchObject({ attempts: 1, cause: { type: 'AddressGone', nonRetryable: true } });
    });
  });

  it('is refused unless the control worker allows it, if that has a list', async () => {
    await withServer(200, archive, async (url) => {
      vi.stubEnv('STAGED_STUDY_SOURCES', `${folder}/allowed ${new URL(url).origin}/data/`);
      await mkdir(join(folder, 'allowed'));
      await symlink(file, join(folder, 'allowed', 'link.tar.gz'));
      const elsewhere = [
        file,
        join(folder, 'allowed', 'link.tar.gz'),
        join(folder, 'allowed', '..', 'small.tar.gz'),
        url,
      ];
      for (const source of [...elsewhere, `${new URL(url).origin}/data/../cifar.tar.gz`]) {
        const refusal = await refused({ source: { archive: source }, generatedImages: true });
        expect(refusal).toMatchObject({ attempts: 1, cause: { type: 'SourceRefused' } });
      }
      await copyFile(file, join(folder, 'allowed', 'small.tar.gz'));
      const allowed = [join(folder, 'allowed', 'small.tar.gz'), `${new URL(url).origin}/data/cifar.tar.gz`];
      for (const source of allowed)
        expect(await prepare({ source: { archive: source }, generatedImages: false })).toMatchObject({
          trainImages: 200,
        });
    });
  });

  it('is refused if its URL has a password, which no message shows', async () => {
    const archive = 'https://user:secret@example.org/cifar.tar.gz';
    const { cause } = await refused({ source: { archive }, generatedImages: true });
    expect(cause.message).toMatch(/https:\/\/example.org\/cifar.tar.gz: expected a URL without user name/);
    expect(cause.message).not.toContain('secret');
  });

  it.each([
    ['cut off', () => archive.subarray(0, archive.length / 2), /small\.tar\.gz: cut off/],
    ['not an archive', () => Buffer.from('<html>not found</html>'), /small\.tar\.gz: not a valid \.tar\.gz/],
  ])('is refused without a retry if it is %s', async (_what, content, message) => {
    await writeFile(file, content());
    const refusal = await refused({ source: { archive: file }, generatedImages: true });
    expect(refusal.cause).toBeInstanceOf(ApplicationFailure);
    expect(refusal.cause).toMatchObject({ nonRetryable: true, type: 'DamagedArchive' });
    expect(refusal.cause.message).toMatch(message);
    expect(refusal.attempts).toBe(1);
    expect(await store.list('')).toEqual([]);
  });

  it('is refused if the server’s file is damaged, and the download is not kept', async () => {
    await withServer(200, archive.subarray(0, 1000), async (url) => {
      const { cause } = await refused({ source: { archive: url }, generatedImages: true });
      expect(cause).toMatchObject({ nonRetryable: true, type: 'DamagedArchive' });
    });
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  });

  it('is not replaced by generated images if it can’t be downloaded', async () => {
    await withServer(404, Buffer.alloc(0), async (url) => {
      const { cause, attempts } = await refused({ source: { archive: url }, generatedImages: true });
      expect(cause.message).toMatch(/archive can't be downloaded: .*got 404.*--dataset or CIFAR10_ARCHIVE/);
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
  /** Requests to the official URL are redirected here. */
  let redirectedTo: string;
  let requests: number;
  beforeEach(() => {
    const { fetch } = globalThis;
    requests = 0;
    vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
      expect(url).toBe(OFFICIAL_ARCHIVE.url);
      requests++;
      return fetch(redirectedTo, options);
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is not downloaded if the store has it', async () => {
    const { sha256: archiveSha256 } = OFFICIAL_ARCHIVE;
    const stored = await putDataset(store, { ...smallImages, origin: { kind: 'official', archiveSha256 } });
    const summary = await prepare({ source: { archive: null }, generatedImages: true });
    expect(summary).toMatchObject({ sha256: stored.dataset, origin: { kind: 'official' } });
    expect(requests).toBe(0);
  });

  it('is replaced by generated images if it can’t be downloaded and the profile allows it', async () => {
    redirectedTo = await closedUrl();
    const summary = await prepare({ source: { archive: null }, generatedImages: true });
    expect(summary).toMatchObject({ trainImages: 2000, testImages: 500, origin: { kind: 'generated' } });
    expect(summary.origin).not.toHaveProperty('source');
    expect(requests).toBe(1);
  });

  it('is not replaced if the local disk can’t take it', async () => {
    await writeFile(join(folder, 'downloads'), 'a file where the folder should be');
    await withServer(200, archive, async (url) => {
      redirectedTo = url;
      const { cause } = await refused({ source: { archive: null }, generatedImages: true });
      expect(cause.message).toMatch(/could not write .*free some space/);
    });
    expect(await store.list('')).toEqual([]);
  });

  it('is not replaced if the connection is lost during the download', async () => {
    const server = await listening(
      http.createServer((_request, reply) => {
        reply.writeHead(200, { 'content-length': OFFICIAL_ARCHIVE.sizeBytes }).write(archive);
        server.close();
      }),
    );
    redirectedTo = urlOf(server);
    await withWorker(async () => {
      const handle = await start({ source: { archive: null }, generatedImages: true }, 1);
      const heard = async () =>
        (await handle.describe({ includeHeartbeatDetails: true })).getHeartbeatDetails();
      await expect.poll(heard).toMatchObject({ doneBytes: archive.length });
      server.closeAllConnections();
      await expect(handle.result()).rejects.toMatchObject({
        cause: { type: 'ArchiveUnreachable', nonRetryable: false },
      });
    });
    expect(await store.list('')).toEqual([]);
  });

  it('is not replaced if the study is cancelled during the download', async () => {
    const server = await listening(http.createServer());
    const asked = once(server, 'request');
    redirectedTo = urlOf(server);
    await withWorker(async () => {
      const handle = await start({ source: { archive: null }, generatedImages: true }, 1);
      await asked;
      await handle.cancel('no longer wanted');
      await expect(handle.result()).rejects.toThrow();
    });
    expect(await store.list('')).toEqual([]);
    server.close();
    server.closeAllConnections();
  });

  it('is not replaced otherwise: the error says how to name another', async () => {
    redirectedTo = await closedUrl();
    const { cause, attempts } = await refused({ source: { archive: null }, generatedImages: false });
    expect(cause.message).toMatch(
      /archive can't be downloaded: .*ECONNREFUSED.*--dataset or CIFAR10_ARCHIVE/,
    );
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

/** Nothing listens there. */
async function closedUrl(): Promise<string> {
  const closed = await listening(net.createServer());
  const url = urlOf(closed);
  closed.close();
  return url;
}

async function listening<T extends net.Server>(server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: net.Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar.tar.gz`;
}
