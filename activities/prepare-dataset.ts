import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure, Context, heartbeat, log } from '@temporalio/activity';
import { type DatasetManifest, findDataset, putDataset } from '../storage/datasets.ts';
import { download } from '../storage/download.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { DatasetSummary } from '../study/record.ts';
import { ArchiveError, OFFICIAL_ARCHIVE, readCifar10Archive } from '../training/data/archive.ts';
import { generateImages } from '../training/data/generated.ts';

/** Where the images come from: an archive's file or address, or null for the official one. */
export interface DatasetSource {
  archive: string | null;
}

/** An archive that can't be reached is given up after this long. */
const CONNECT_TIMEOUT_MS = 8_000;

/**
 * Finds the data set, checks it entry by entry, and stores it, training and test images apart.
 *
 * `generatedImages` lets it go on with generated images where the official archive can't be had.
 */
export function createPrepareDataset({ store, downloads }: { store: ObjectStore; downloads: string }) {
  return async (request: { source: DatasetSource; generatedImages: boolean }): Promise<DatasetSummary> => {
    const { archive } = request.source;
    const beat = setInterval(() => heartbeat(), 5_000);
    try {
      if (archive !== null) return summary(await fromArchive(archive));
      const stored = await findDataset(store, OFFICIAL_ARCHIVE.sha256);
      return summary(stored ?? (await official(request.generatedImages)));
    } catch (error) {
      if (error instanceof ArchiveError)
        throw ApplicationFailure.nonRetryable(error.message, 'DamagedArchive');
      throw error;
    } finally {
      clearInterval(beat);
    }
  };

  async function official(generatedImages: boolean): Promise<DatasetManifest> {
    try {
      return await fromArchive(OFFICIAL_ARCHIVE.url);
    } catch (error) {
      if (!generatedImages || error instanceof ArchiveError) throw withAdvice(error);
      log.warn('no archive can be had: going on with generated images', { error });
      return putDataset(store, { ...generateImages(), origin: { kind: 'generated' } });
    }
  }

  async function fromArchive(source: string): Promise<DatasetManifest> {
    const file = /^https?:/.test(source) ? await fetchArchive(source) : source;
    try {
      const { archiveSha256, ...content } = await readCifar10Archive(file);
      const kind = archiveSha256 === OFFICIAL_ARCHIVE.sha256 ? 'official' : 'other';
      return await putDataset(store, { ...content, origin: { kind, archiveSha256, source } });
    } finally {
      // Stored or refused, a download has done its work.
      if (file !== source) await rm(file, { force: true });
    }
  }

  async function fetchArchive(url: string): Promise<string> {
    await mkdir(downloads, { recursive: true });
    const file = join(downloads, encodeURIComponent(url).slice(-200));
    await download(url, file, {
      ...(url === OFFICIAL_ARCHIVE.url && {
        sizeBytes: OFFICIAL_ARCHIVE.sizeBytes,
        sha256: OFFICIAL_ARCHIVE.sha256,
      }),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      signal: Context.current().cancellationSignal,
    });
    return file;
  }
}

// --- helpers ---

function summary({ dataset, trainImages, testImages, origin }: DatasetManifest): DatasetSummary {
  return { sha256: dataset, trainImages, testImages, origin };
}

function withAdvice(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(
    `CIFAR-10's archive can't be had: ${reason}. Name one with --dataset FILE or CIFAR10_ARCHIVE, as a file or an address`,
    { cause },
  );
}
