import { ApplicationFailure, log } from '@temporalio/activity';
import { countExamples, type DatasetManifest, findDataset, putDataset } from '../storage/inputs/datasets.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { StudyData } from '../study/definition/data-schema.ts';
import type { DatasetSummary } from '../study/record/record.ts';
import { sourceName } from '../study/record/source-name.ts';
import { TrainerError } from '../trainer/protocol.ts';
import {
  ArchiveError,
  archiveDigest,
  OFFICIAL_ARCHIVE,
  readCifar10Archive,
} from '../training/data/archive.ts';
import { generateImages } from '../training/data/generated.ts';
import { PACKED_IMAGE_BYTES } from '../training/data/packed-images.ts';
import type { AllowedSources } from './files/allowed-sources.ts';
import { DownloadError, DownloadFolderError, TransferError } from './files/download.ts';
import { isUrl } from './files/is-url.ts';
import { namedSource } from './files/named-source.ts';
import { withFile } from './files/with-file.ts';
import { startHeartbeats } from './heartbeats.ts';
import { prepareOwnData } from './prepare-own-data.ts';

/** Where the images come from. */
export interface DatasetSource {
  /** Path, URL, or a URL's name by `putAddress`; null for the official archive. */
  archive: string | null;
}

/** The heartbeats' details. */
export interface DatasetProgress {
  /** `downloading https://…`, `checking …`, `preparing …`, `storing the images`. */
  doing: string;
  doneBytes?: number;
  totalBytes?: number;
  doneExamples?: number;
  totalExamples?: number;
}

/**
 * Finds the data set, checks it entry by entry, and stores training and test images separately. An archive whose images
 * are in the store already is only hashed.
 *
 * With `generatedImages`, generated images replace the official archive if it can't be reached. Errors that would only
 * repeat are not retried: a damaged archive, an unknown host, a missing file.
 */
export function createPrepareDataset(dependencies: {
  store: ObjectStore;
  downloads: string;
  sources: AllowedSources;
}) {
  const { store, downloads } = dependencies;
  return async (request: {
    source: DatasetSource;
    generatedImages: boolean;
    /** What the study says of its own data. Absent for CIFAR-10. */
    data?: StudyData;
  }): Promise<DatasetSummary> => {
    const { archive } = request.source;
    const { data } = request;
    const heartbeats = startHeartbeats();
    try {
      if (archive !== null) {
        const source = await namedSource(dependencies, archive);
        return summary(
          await (data
            ? prepareOwnData(dependencies, source, data, heartbeats.beat)
            : fromArchive(source, heartbeats.beat)),
        );
      }
      if (data) {
        throw ApplicationFailure.nonRetryable(
          'the study names no data; name a folder, a file or a URL with --dataset',
          'BadData',
        );
      }
      const stored = await findDataset(store, OFFICIAL_ARCHIVE.sha256, PACKED_IMAGE_BYTES);
      return summary(stored ?? (await official(request.generatedImages, heartbeats.beat)));
    } catch (error) {
      throw toFailure(error, data ? 'the data' : "CIFAR-10's archive");
    } finally {
      heartbeats.stop();
    }
  };

  async function official(generatedImages: boolean, tell: Tell): Promise<DatasetManifest> {
    try {
      return await fromArchive(OFFICIAL_ARCHIVE.url, tell);
    } catch (error) {
      if (!generatedImages || !isUnreachable(error)) throw error;
      log.warn("the archive can't be downloaded: using generated images", { error });
      tell({ doing: "generating images, because the archive can't be downloaded" });
      return putDataset(store, { ...generateImages(), origin: { kind: 'generated' } });
    }
  }

  function fromArchive(source: string, tell: Tell): Promise<DatasetManifest> {
    const name = sourceName(source);
    const doing = `downloading ${name}`;
    if (isUrl(source)) tell({ doing });
    const { sizeBytes, sha256 } = OFFICIAL_ARCHIVE;
    const options = {
      ...(source === OFFICIAL_ARCHIVE.url && { sizeBytes, sha256 }),
      onProgress: (doneBytes: number, totalBytes: number | undefined) =>
        tell({ doing, doneBytes, ...(totalBytes !== undefined && { totalBytes }) }),
    };
    return withFile(source, downloads, options, async (file) => {
      tell({ doing: `checking ${name}` });
      const stored = await findDataset(store, await archiveDigest(file), PACKED_IMAGE_BYTES);
      if (stored) return stored;
      const { archiveSha256, ...content } = await readCifar10Archive(file);
      tell({ doing: 'storing the images' });
      const kind = archiveSha256 === sha256 ? 'official' : 'other';
      return putDataset(store, { ...content, origin: { kind, archiveSha256, source: name } });
    });
  }
}

// --- helpers ---

const ADVICE = 'Name another file or URL with --dataset or CIFAR10_ARCHIVE';

type Tell = (progress: DatasetProgress) => void;

/**
 * Generated images would stay this study's for good, so a full disk, a cancellation or a lost connection must not lead to
 * them.
 */
function isUnreachable(error: unknown): boolean {
  if (error instanceof DownloadFolderError || error instanceof TransferError) return false;
  return error instanceof DownloadError;
}

/** The page's summary isn't among it: what workflows know is in their histories. */
function summary(manifest: DatasetManifest): DatasetSummary {
  const { dataset, classes, origin } = manifest;
  const { training, test } = countExamples(manifest);
  return { sha256: dataset, trainImages: training, testImages: test, classes, origin };
}

function toFailure(error: unknown, what: string): unknown {
  if (error instanceof TrainerError) {
    if (error.kind === 'DamagedData') return ApplicationFailure.nonRetryable(error.message, 'BadData');
    // One that dies each time, as at a file that crashes it, must not be tried without end.
    return ApplicationFailure.retryable(`${what} can't be prepared: ${error.message}`, 'NotPrepared');
  }
  if (error instanceof ArchiveError) return ApplicationFailure.nonRetryable(error.message, 'DamagedArchive');
  if (!(error instanceof DownloadError)) return error;
  return ApplicationFailure.create({
    message: `${what} can't be downloaded: ${error.message}. ${ADVICE}`,
    type: 'ArchiveUnreachable',
    nonRetryable: !error.mayPass,
    cause: error,
  });
}
