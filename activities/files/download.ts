import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder } from '../../infra/make-folder.ts';
import { sourceName } from '../../study/record/source-name.ts';

/** A download failed. The message names the URL or file, the reason and what to do. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** Whether a later retry may succeed. False if, for example, the server doesn't exist or has no such file. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass = false, cause }: { mayPass?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.mayPass = mayPass;
  }
}

/** The local disk can't take the file: nothing is known about the server. */
export class DownloadFolderError extends DownloadError {}

/** The server has sent the file in part, or not intact: it can be reached. */
export class TransferError extends DownloadError {}

export interface DownloadOptions {
  /** Expected size. Default: any. */
  sizeBytes?: number;
  /** Expected hash. Default: any. */
  sha256?: string;
  /** Upper limit for a file of unknown size. Default: none. */
  maxBytes?: number;
  /** Time limit for the server's answer to a request. Default: 8,000. */
  connectTimeoutMs?: number;
  /** Time without a byte after which the connection is given up. Default: 30,000. */
  stallTimeoutMs?: number;
  onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
  signal?: AbortSignal;
}

/**
 * Downloads a file over HTTP. An interrupted transfer is resumed a few times. The partial file stays in
 * `<toFile>.partial`, and the next call resumes it if the server still has the same version (`If-Range`). The file
 * appears under its name only when it is complete and verified. Calls for the same file must not overlap.
 *
 * @throws {DownloadError} at once if the server can't be reached.
 * @throws {TransferError} if the transfer stopped and could not be resumed, or the file has another hash.
 * @throws the reason of `signal` if it aborts.
 */
export async function download(
  url: string,
  toFile: string,
  options: DownloadOptions = {},
): Promise<{ sizeBytes: number; sha256: string }> {
  // fetch refuses both too, but quotes them in its message.
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed) throw new DownloadError(`${sourceName(url)}: expected a URL; check how it is written`);
  if (parsed.username || parsed.password) {
    throw new DownloadError(
      `${sourceName(url)}: expected a URL without user name and password; download the file yourself and name it`,
    );
  }
  await onDisk(toFile, async () => makeFolder(path.dirname(toFile)));
  for (let failures = 0; ; failures++) {
    options.signal?.throwIfAborted();
    try {
      await transfer(url, toFile, options);
      break;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof TooLargeError) await removePartial(toFile);
      const interrupted =
        error instanceof TransferError || (failures > 0 && error instanceof UnreachableError);
      if (!interrupted) throw error;
      if (failures === MAX_RESUMES) {
        throw new TransferError(error.message, { cause: error, mayPass: true });
      }
      await pause(100 * 3 ** failures);
    }
  }
  const found = await describeFile(partialOf(toFile));
  await checkFile(found, url, toFile, options);
  await onDisk(toFile, () => rename(partialOf(toFile), toFile));
  await rm(validatorOf(toFile), { force: true });
  return found;
}

// --- helpers ---

const MAX_RESUMES = 4;

/** The server didn't answer. */
class UnreachableError extends DownloadError {}
class SilenceError extends Error {}
/** The file exceeds `maxBytes`, so the next call can't use the partial file. */
class TooLargeError extends DownloadError {}

const partialOf = (toFile: string): string => `${toFile}.partial`;
/** Holds the ETag or date that identifies the version of the partial file. */
const validatorOf = (toFile: string): string => `${toFile}.partial.version`;

/** Sends one request and appends to the partial file, or starts it over. */
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
        `${sourceName(url)}: expected ${options.sizeBytes} bytes, but the server offers ${totalBytes}; it has a different file`,
      );
    }

    const { maxBytes = Number.POSITIVE_INFINITY } = options;
    const checkSize = (bytes: number) => {
      if (bytes > maxBytes)
        throw new TooLargeError(
          `${sourceName(url)}: expected at most ${maxBytes} bytes, but the server offers more`,
        );
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
      throw new TransferError(
        `${sourceName(url)}: the transfer ended after ${doneBytes} of ${totalBytes} bytes; try again`,
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
  // A compressed transfer would have another size and could not be resumed.
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
      `${sourceName(url)}: the server can't be reached (${reason(cause)}); check the URL and the network`,
      { cause, mayPass: isPassing(cause) },
    );
  }
  const continues = response.headers.get('content-range')?.startsWith(`bytes ${start.offset}-`);
  if (response.status === 200 || (response.status === 206 && continues)) return response;
  await response.body?.cancel();
  // The partial file is at least as long as the server's file.
  if (response.status === 416) return request(url, { offset: 0, validator: '' }, signal);
  throw new DownloadError(
    `${sourceName(url)}: expected the file (HTTP status 200), got ${response.status} ${response.statusText}; ` +
      'check the URL',
    { mayPass: response.status >= 500 || response.status === 429 },
  );
}

/** A strong ETag, or else the date. Equal weak ETags don't imply equal bytes. */
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
        throw new TransferError(
          `${sourceName(url)}: the transfer was interrupted (${reason(cause)}); try again`,
          { cause, mayPass: true },
        );
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
  // Otherwise every later call would resume this file and fail in the same way.
  await removePartial(toFile);
  throw new TransferError(
    `${sourceName(url)}: expected ${sizeBytes} bytes with SHA-256 ${sha256}, got ${found.sizeBytes} bytes with ` +
      `${found.sha256}; the server has a different file, or it was damaged in transit: try again, or check the URL`,
    { mayPass: true },
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
    throw new DownloadFolderError(
      `could not write ${toFile} (${reason(cause)}); free some space there, or choose a writable folder`,
      { cause },
    );
  }
}

/** True for silence and lost connections. Other errors (unknown host, refused connection, invalid URL) would recur. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof SilenceError) return true;
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^(ETIMEDOUT|ECONNRESET|EPIPE|UND_ERR_)/.test(code) || isPassing(error.cause);
}

/** The cause behind the `fetch failed` of fetch itself. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reason(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
