import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { createPrepareWeights } from '../../activities/prepare-weights.ts';
import { sha256Of } from '../../storage/blobs.ts';
import { getWeights, putWeights } from '../../storage/inputs/weights.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { decodeSafetensors } from '../../training/checkpoint/safetensors.ts';
import { OFFICIAL_WEIGHTS } from '../../training/weights/official.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { fixturePath as fixture, fixtureNetwork as small } from '../training/weights/fixtures.ts';
import { openNamespace } from '../workflows/namespace.ts';
import { preparations } from './preparations.ts';

type Prepare = ReturnType<typeof createPrepareWeights>;

let temporal: Awaited<ReturnType<typeof openNamespace>>;
beforeAll(async () => {
  temporal = await openNamespace();
});
afterAll(() => temporal.close());

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-weights-'));
  store = createMinioStore(await freshBucket());
});
afterEach(() => rm(folder, { recursive: true }));

const { prepare, refused } = preparations<Parameters<Prepare>[0], Awaited<ReturnType<Prepare>>>(
  'prepareWeights',
  () => ({ temporal, store, folder }),
);

describe('a given weights file', () => {
  it('is stored once, whatever its format', async () => {
    const files = ['fine-tuned.zip.pth', 'fine-tuned.legacy.pth', 'fine-tuned.safetensors'].map(fixture);
    const summaries = [];
    for (const file of files) summaries.push(await prepare({ source: { file }, networks: [small] }));
    expect(new Set(summaries.map(({ sha256 }) => sha256)).size).toBe(1);
    for (const [index, { tensors, origin }] of summaries.entries()) {
      const source = files[index] as string;
      expect(tensors).toBe(89);
      expect(origin).toMatchObject({ kind: 'other', source, fileSha256: sha256Of(await readFile(source)) });
    }
    expect(summaries.map(({ origin }) => origin.format)).toEqual([
      'torch.save, zip',
      'torch.save, legacy',
      'safetensors',
    ]);
    expect(await store.list('weights/')).toHaveLength(2);
    const { sha256 = '' } = summaries[0] ?? {};
    const { tensors, metadata } = decodeSafetensors(await getWeights(store, sha256));
    expect(tensors.get('conv1.weight')?.shape).toEqual([1, 3, 7, 7]);
    expect(metadata).toEqual({ format: 'pt' });
  });

  it('is downloaded from a URL, and the download is not kept', async () => {
    await withServer(await readFile(fixture('fine-tuned.zip.pth')), async (url) => {
      const { origin } = await prepare({ source: { file: url }, networks: [small] });
      expect(origin).toMatchObject({ kind: 'other', source: url, format: 'torch.save, zip' });
    });
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  });

  it.each<[string, () => Promise<Buffer>, RegExp]>([
    [
      'is cut off',
      async () => (await readFile(fixture('fine-tuned.zip.pth'))).subarray(0, -9),
      /named\.pth: zip, end: .*cut off/,
    ],
    ['is a web page', async () => Buffer.from('<html>not found</html>'), /named\.pth: .*a web page/],
    [
      'is for a different network',
      () => readFile(fixture('conv.pth')),
      /don't fit the network \{"kind":"resnet".*\n(.*\n)*.*layer4\.0\.bn3\.running_var: expected \[32\], got no such tensor/,
    ],
  ])('is refused without a retry if it %s', async (_what, content, message) => {
    const file = join(folder, 'named.pth');
    await writeFile(file, await content());
    const { cause, attempts } = await refused({ source: { file }, networks: [small] });
    expect(cause).toMatchObject({ nonRetryable: true, type: 'BadWeights' });
    expect(cause.message).toMatch(message);
    expect(attempts).toBe(1);
    expect(await store.list('')).toEqual([]);
  });

  it('is refused if there is none', async () => {
    const { cause } = await refused({ source: { file: join(folder, 'gone') }, networks: [small] });
    expect(cause.message).toMatch(/gone: can't be read \(ENOENT/);
    const pipe = await refused({ source: { file: '/dev/zero' }, networks: [small] });
    expect(pipe.cause.message).toMatch(/\/dev\/zero: can't be read \(not a regular file\)/);
  });
});

describe('torchvision’s weights', () => {
  let requests: string[];
  beforeEach(() => {
    requests = [];
    vi.stubGlobal('fetch', async (url: string) => {
      requests.push(url);
      throw new TypeError('fetch failed', { cause: new Error('no such host') });
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('are not downloaded if the store has them, from either file', async () => {
    const { sha256: fileSha256, url } = OFFICIAL_WEIGHTS[1];
    const origin = { kind: 'official', source: url, fileSha256, format: 'safetensors' } as const;
    const stored = await putWeights(store, { file: Buffer.from('tensors'), tensors: 267, origin });
    expect(await prepare({ source: { file: null }, networks: [] })).toEqual(stored);
    expect(requests).toEqual([]);
  });

  it('are tried at both URLs, and if neither answers the error says what to do', async () => {
    const { cause, attempts } = await refused({ source: { file: null }, networks: [] });
    const [torchvision, timm] = OFFICIAL_WEIGHTS.map(({ url }) => url);
    expect(requests.slice(0, 2)).toEqual([torchvision, timm]);
    expect(cause.message).toMatch(
      /ImageNet weights of ResNet-50 can't be downloaded: .*no such host.*no such host/,
    );
    expect(cause.message).toContain(`${torchvision}: the server can't be reached`);
    expect(cause.message).toMatch(/--weights FILE, or train from scratch with --from-scratch$/);
    // The network may be back at the next attempt.
    expect(attempts).toBe(2);
  });
});

// --- helpers ---

async function withServer(body: Buffer, use: (url: string) => Promise<void>): Promise<void> {
  const server = http.createServer((_request, reply) => {
    reply.writeHead(200, { 'content-length': body.length }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.pth`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
