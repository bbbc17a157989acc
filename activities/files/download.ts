import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A download failed. The message says what failed and what to do. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** Whether the same download may succeed a little later: not if no server answers at the URL, or it has no such file. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass = false, cause }: { mayPass?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.mayPass = mayPass;
  }
}

export interface DownloadOptions {
  /** The file must have this size and hash, if given. */
  sizeBytes?: number;
  sha256?: string;
  /** The largest size accepted, if the exact size is not known. */
  maxBytes?: number;
  /** How long to wait for the server's answer: default 8,000. */
  connectTimeoutMs?: number;
  /** How long to wait for the next byte: default 30,000. */
  stallTimeoutMs?: number;
  onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
  signal?: AbortSignal;
}

/**
 * Downloads a file over HTTP. An interrupted transfer resumes, a few times within this call and then in the next one:
 * the bytes received stay in `<toFile>.partial`, and are used if the server still has the same file (`If-Range`). The
 * file gets its name only when it is complete and verified. At most one call at a time may download to a file.
 *
 * @throws {DownloadError} if the download fails; without a second try if the server can't be reached.
 * @throws the reason of `signal` if it aborts.
 */
export async function download(
  url: string,
  toFile: string,
  options: DownloadOptions = {},
): Promise<{ sizeBytes: number; sha256: string }> {
  await onDisk(toFile, () => mkdir(path.dirname(toFile), { recursive: true }));
  for (let breaks = 0; ; breaks++) {
    options.signal?.throwIfAborted();
    try {
      await transfer(url, toFile, options);
      break;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof TooLargeError) await removePartial(toFile);
      const broke = error instanceof BrokenOffError || (breaks > 0 && error instanceof UnreachableError);
      if (!broke || breaks === RESUMES) throw error;
      await pause(100 * 3 ** breaks);
    }
  }
  const found = await describeFile(partialOf(toFile));
  await checkFile(found, url, toFile, options);
  await onDisk(toFile, () => rename(partialOf(toFile), toFile));
  await rm(validatorOf(toFile), { force: true });
  return found;
}

// --- helpers ---

const RESUMES = 4;

/** The server didn't answer. */
class UnreachableError extends DownloadError {}
class SilenceError extends Error {}
/** The transfer ended early. */
class BrokenOffError extends DownloadError {}
/** The next call can't use a partial file that is too large. */
class TooLargeError extends DownloadError {}

function partialOf(toFile: string): string {
  return `${toFile}.partial`;
}

/** Holds the ETag or date that identifies the partial file's version to the server. */
function validatorOf(toFile: string): string {
  return `${toFile}.partial.version`;
}

/** Makes one request, and appends to the partial file or starts it again. */
async function transfer(url: string, toFile: string, options: DownloadOptions): Promise<void> {
  const { connectTimeoutMs = 8_000, stallTimeoutMs = 30_000, signal, onProgress } = options;
  const timer = new AbortController();
  let timeout = setTimeout(giveUp, connectTimeoutMs, connectTimeoutMs);
  function giveUp(ms: number): void {
    timer.abort(new SilenceError(`no byte within ${ms / 1000} s`));
  }

  try {
    const start = await resumePoint(toFile);
    const response = await request(
      url,
      start,
      signal ? AbortSignal.any([signal, timer.signal]) : timer.signal,
    );
    const resumed = response.status === 206;
    let doneBytes = resumed ? start.offset : 0;
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const totalBytes = Number.isNaN(length) ? options.sizeBytes : doneBytes + length;
    if (options.sizeBytes !== undefined && totalBytes !== options.sizeBytes) {
      await response.body?.cancel();
      throw new DownloadError(
        `${url}: expected ${options.sizeBytes} bytes, the server offers ${totalBytes}; it has a different file`,
      );
    }

    const { maxBytes = Number.POSITIVE_INFINITY } = options;
    const checkSize = (bytes: number) => {
      if (bytes > maxBytes)
        throw new TooLargeError(`${url}: expected at most ${maxBytes} bytes, the server offers more`);
    };
    if (totalBytes !== undefined && totalBytes > maxBytes) await response.body?.cancel();
    checkSize(totalBytes ?? 0);

    const file = await onDisk(toFile, () => open(partialOf(toFile), resumed ? 'a' : 'w'));
    try {
      if (!resumed) await onDisk(toFile, () => writeFile(validatorOf(toFile), validatorIn(response)));
      for await (const chunk of chunksOf(response, url)) {
        clearTimeout(timeout);
        timeout = setTimeout(giveUp, stallTimeoutMs, stallTimeoutMs);
        checkSize(doneBytes + chunk.length);
        await onDisk(toFile, () => file.writeFile(chunk));
        doneBytes += chunk.length;
        onProgress?.(doneBytes, totalBytes);
      }
    } finally {
      await file.close();
    }
    if (totalBytes !== undefined && doneBytes < totalBytes) {
      throw new BrokenOffError(
        `${url}: the transfer ended after ${doneBytes} of ${totalBytes} bytes; try again`,
        { mayPass: true },
      );
    }
  } finally {
    clearTimeout(timeout);
  }
}

async function resumePoint(toFile: string): Promise<{ offset: number; validator: string }> {
  try {
    const validator = await readFile(validatorOf(toFile), 'utf8');
    return { offset: validator ? (await stat(partialOf(toFile))).size : 0, validator };
  } catch {
    return { offset: 0, validator: '' };
  }
}

async function request(
  url: string,
  start: { offset: number; validator: string },
  signal: AbortSignal,
): Promise<Response> {
  // Bytes as they are: a decoded transfer has neither the right size nor a place to resume from.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (start.offset > 0) {
    headers.range = `bytes=${start.offset}-`;
    headers['if-range'] = start.validator;
  }
  let response: Response;
  try {
    response = await fetch(url, { headers, signal });
  } catch (cause) {
    throw new UnreachableError(
      `${url}: the server can't be reached (${reason(cause)}); check the URL and the network`,
      { cause, mayPass: isPassing(cause) },
    );
  }
  const resumes = response.headers.get('content-range')?.startsWith(`bytes ${start.offset}-`);
  if (response.status === 200 || (response.status === 206 && resumes)) return response;
  await response.body?.cancel();
  // The partial file is as long as the server's, or longer.
  if (response.status === 416) return request(url, { offset: 0, validator: '' }, signal);
  throw new DownloadError(
    `${url}: expected the file (HTTP status 200), got ${response.status} ${response.statusText}; ` +
      'check the URL',
    { mayPass: response.status >= 500 || response.status === 429 },
  );
}

/** A strong ETag, or else the date. A weak ETag doesn't promise equal bytes. */
function validatorIn(response: Response): string {
  const etag = response.headers.get('etag');
  return etag && !etag.startsWith('W/') ? etag : (response.headers.get('last-modified') ?? '');
}

async function* chunksOf(response: Response, url: string): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new BrokenOffError(`${url}: the transfer broke off (${reason(cause)}); try again`, {
          cause,
          mayPass: true,
        });
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function describeFile(file: string): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function checkFile(
  found: { sizeBytes: number; sha256: string },
  url: string,
  toFile: string,
  { sizeBytes = found.sizeBytes, sha256 = found.sha256 }: DownloadOptions,
): Promise<void> {
  if (found.sizeBytes === sizeBytes && found.sha256 === sha256) return;
  // The next call would resume from it, and fail in the same way.
  await removePartial(toFile);
  throw new DownloadError(
    `${url}: expected ${sizeBytes} bytes with SHA-256 ${sha256}, got ${found.sizeBytes} bytes with ` +
      `${found.sha256}; the server has a different file, or it was damaged in transit: try again, or check the URL`,
  );
}

async function removePartial(toFile: string): Promise<void> {
  await rm(partialOf(toFile), { force: true });
  await rm(validatorOf(toFile), { force: true });
}

async function onDisk<T>(toFile: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new DownloadError(
      `can't write ${toFile} (${reason(cause)}); free disk space, or choose a folder that you can write to`,
      { cause },
    );
  }
}

/** Timeouts and broken connections. Other errors, such as an unknown host or a refused connection, would only repeat. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof SilenceError) return true;
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^(ETIMEDOUT|ECONNRESET|EPIPE|UND_ERR_)/.test(code) || isPassing(error.cause);
}

/** The cause beneath fetch's own message, `fetch failed`. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reason(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
