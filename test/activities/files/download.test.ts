import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DownloadError, download, TransferError } from '../../../activities/files/download.ts';

// Retries need not wait.
let retries = 0;
vi.mock('node:timers/promises', () => ({ setTimeout: async () => void retries++ }));

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');
const sizeBytes = content.length;

/** How a test's server behaves. */
interface Behaviour {
  body: Buffer;
  etag?: string;
  ranges: boolean;
  /** Bytes after which a reply stalls, for each request. The last entry also applies to all later requests. */
  stallAfter: (number | undefined)[];
  status: number;
}

describe('download', () => {
  let folder: string;
  let file: string;
  let url: string;
  let server: http.Server;
  let behaviour: Behaviour;
  let requests: http.IncomingMessage[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'download-'));
    file = path.join(folder, 'made', 'file.bin');
    behaviour = { body: content, etag: '"v1"', ranges: true, stallAfter: [undefined], status: 200 };
    requests = [];
    retries = 0;
    server = http.createServer((request, reply) => {
      requests.push(request);
      answer(request, reply);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`;
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  function answer(request: http.IncomingMessage, reply: http.ServerResponse): void {
    const { body, etag, ranges, stallAfter, status } = behaviour;
    if (status !== 200) {
      reply.writeHead(status).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const same = request.headers['if-range'] === etag;
    const partial = ranges && same && from > 0;
    if (partial && from >= body.length) {
      reply.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
      return;
    }
    const rest = partial ? body.subarray(from) : body;
    reply.writeHead(partial ? 206 : 200, {
      'content-length': rest.length,
      ...(etag && { etag }),
      ...(partial && { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
    });
    const end = stallAfter[Math.min(requests.length, stallAfter.length) - 1];
    if (end === undefined) reply.end(rest);
    else reply.write(rest.subarray(0, end));
  }

  /** Breaks the connection once the bytes it has delivered are on disk, so that none of them is lost. */
  const cutAt =
    (...points: number[]) =>
    (done: number) => {
      if (points.includes(done)) server.closeAllConnections();
    };

  /** Uses `equals` because comparing byte by byte takes seconds. */
  async function expectFile(expected: Buffer, at = file): Promise<void> {
    expect((await readFile(at)).equals(expected)).toBe(true);
  }
  const ranges = () => requests.map(({ headers }) => headers.range);
  const inFolder = () => readdir(path.dirname(file));

  it('downloads and verifies a file, and reports its progress', async () => {
    const progress: [number, number | undefined][] = [];
    const onProgress = (done: number, total: number | undefined) => progress.push([done, total]);
    expect(await download(url, file, { sizeBytes, sha256, onProgress })).toEqual({ sizeBytes, sha256 });
    await expectFile(content);
    expect(await inFolder()).toEqual(['file.bin']);
    expect(progress.at(-1)).toEqual([sizeBytes, sizeBytes]);
  });

  it('refuses a file that exceeds the limit, whether or not the server declares its size', async () => {
    await expect(download(url, file, { maxBytes: sizeBytes - 1 })).rejects.toThrow(/at most 299999 bytes/);
    await download(url, file, { maxBytes: sizeBytes });
    await expectFile(content);
    const endless = http.createServer((_request, reply) => {
      const more = () => reply.write(content, () => !reply.destroyed && setImmediate(more));
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { port } = endless.address() as AddressInfo;
    const call = download(`http://127.0.0.1:${port}/endless.bin`, `${file}.2`, { maxBytes: 1_000_000 });
    await expect(call).rejects.toThrow(/at most 1000000 bytes, but the server offers more/);
    expect(await inFolder()).toEqual(['file.bin']);
    endless.closeAllConnections();
    endless.close();
  });

  it('resumes at once if the transfer is interrupted', async () => {
    behaviour.stallAfter = [100_000, 50_000, undefined];
    await download(url, file, { sizeBytes, sha256, onProgress: cutAt(100_000, 150_000) });
    await expectFile(content);
    expect(ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
    expect(requests[1]?.headers['if-range']).toBe('"v1"');
  });

  it('gives up if the transfer keeps being interrupted', async () => {
    behaviour.stallAfter = [1_000];
    const call = download(url, file, { sizeBytes, sha256, stallTimeoutMs: 50 });
    await expect(call).rejects.toThrow(/no byte within 0.05 s.*try again/);
    expect(requests).toHaveLength(5);
    expect(await inFolder()).not.toContain('file.bin');
  });

  it('resumes in a later call', async () => {
    await interrupt();
    await download(url, file, { sizeBytes, sha256 });
    expect(ranges()).toEqual(['bytes=100000-']);
    await expectFile(content);
  });

  it('starts over if the server does not support ranges', async () => {
    behaviour.stallAfter = [100_000, undefined];
    behaviour.ranges = false;
    await download(url, file, { sizeBytes, sha256, onProgress: cutAt(100_000) });
    expect(ranges()).toEqual([undefined, 'bytes=100000-']);
    await expectFile(content);
  });

  it('starts over if the server does not identify the version', async () => {
    behaviour.stallAfter = [100_000, undefined];
    delete behaviour.etag;
    await download(url, file, { sizeBytes, sha256, onProgress: cutAt(100_000) });
    expect(ranges()).toEqual([undefined, undefined]);
    await expectFile(content);
  });

  it('starts over if the file has changed', async () => {
    await interrupt();
    behaviour = { ...behaviour, body: randomBytes(200_000), etag: '"v2"' };
    await download(url, file);
    await expectFile(behaviour.body);
  });

  it('starts over if the partial file is as long as the complete one', async () => {
    await interrupt();
    await writeFile(`${file}.partial`, randomBytes(sizeBytes));
    await download(url, file, { sizeBytes, sha256 });
    await expectFile(content);
  });

  it('keeps nothing of a file with a wrong hash', async () => {
    behaviour.body = randomBytes(sizeBytes);
    const wrong = download(url, file, { sizeBytes, sha256 });
    await expect(wrong).rejects.toThrow(DownloadError);
    await expect(wrong).rejects.toThrow(`expected ${sizeBytes} bytes with SHA-256 ${sha256}, got`);
    expect(await inFolder()).toEqual([]);
    behaviour.body = content;
    await download(url, file, { sizeBytes, sha256 });
  });

  it('does not start to download a file with a wrong size', async () => {
    await expect(download(url, file, { sizeBytes: 5 })).rejects.toThrow(
      `expected 5 bytes, but the server offers ${sizeBytes}`,
    );
    expect(await inFolder()).toEqual([]);
  });

  it.each([404, 403, 500])('reports the status %i', async (status) => {
    behaviour.status = status;
    await expect(download(url, file)).rejects.toThrow(
      new RegExp(`${url}: expected the file \\(HTTP status 200\\), got ${status}`),
    );
    expect(requests).toHaveLength(1);
  });

  it('fails without a retry if no server listens', async () => {
    server.close();
    await expect(download(url, file)).rejects.toThrow(/can't be reached \(.*ECONNREFUSED/);
    expect(retries).toBe(0);
  });

  it('gives up if the server accepts the connection and stays silent', async () => {
    const silent = net.createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const silence = download(`http://127.0.0.1:${port}/`, file, { connectTimeoutMs: 200 });
    await expect(silence).rejects.toThrow(/can't be reached \(no byte within 0.2 s\)/);
    silent.close();
  });

  it('resumes if the transfer stalls', async () => {
    behaviour.stallAfter = [100_000, undefined];
    await download(url, file, { sizeBytes, sha256, stallTimeoutMs: 1_000 });
    expect(ranges()).toEqual([undefined, 'bytes=100000-']);
    await expectFile(content);
  });

  it('says that the server could be reached if it is gone in the middle of a transfer', async () => {
    behaviour.stallAfter = [100_000];
    const onProgress = () => {
      server.close();
      server.closeAllConnections();
    };
    const lost = download(url, file, { onProgress });
    await expect(lost).rejects.toThrow(TransferError);
    await expect(lost).rejects.toMatchObject({
      mayPass: true,
      message: expect.stringMatching(/can't be reached \(.*ECONNREFUSED/),
    });
    await expectFile(content.subarray(0, 100_000), `${file}.partial`);
  });

  it.each([
    [
      'http://[bad/file.bin?Signature=secret',
      'http://[bad/file.bin: expected a URL; check how it is written',
    ],
    [
      'http://user:secret@host/file.bin',
      'http://host/file.bin: expected a URL without user name and password',
    ],
  ])('refuses %s without showing what is secret in it', async (wrong, message) => {
    const refused = await download(wrong, file).catch((error: Error) => error);
    expect(refused).toBeInstanceOf(DownloadError);
    expect(refused).toMatchObject({ message: expect.stringContaining(message), cause: undefined });
  });

  it('stops if it is aborted, and keeps the partial file', async () => {
    behaviour.stallAfter = [100_000];
    const abort = new AbortController();
    const reason = new Error('aborted by the test');
    const stopped = download(url, file, {
      signal: abort.signal,
      onProgress: (done) => done === 100_000 && abort.abort(reason),
    });
    await expect(stopped).rejects.toBe(reason);
    await expectFile(content.subarray(0, 100_000), `${file}.partial`);
  });

  it('names the file that it could not write', async () => {
    await writeFile(path.join(folder, 'made'), 'a file where the folder should be');
    await expect(download(url, file)).rejects.toThrow(/could not write .*file.bin.*free some space there/);
  });

  /** Leaves a partial file. */
  async function interrupt(): Promise<void> {
    behaviour.stallAfter = [100_000];
    const abort = new AbortController();
    const onProgress = (done: number) => done >= 100_000 && abort.abort();
    await expect(download(url, file, { signal: abort.signal, onProgress })).rejects.toThrow();
    behaviour.stallAfter = [undefined];
    requests.length = 0;
  }
});
