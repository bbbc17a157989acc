import { type PreparedData, prepareData as prepare } from '../../training/data/prepare/prepare-data.ts';
import { sourceDigest } from '../../training/data/prepare/source-digest.ts';
import type { JobContext } from '../job-context.ts';
import type { Job } from '../protocol.ts';

/** Hashes data. Of a large folder that takes a while. */
export function digestData({ path }: Job<'digestData'>): Promise<string> {
  return sourceDigest(path);
}

/** Prepares data in a process of its own, whose memory a large table may fill, and which a malformed file may crash. */
export function prepareData(
  { path, where, data, sourceSha256, files }: Job<'prepareData'>,
  { onEvent }: JobContext,
): Promise<PreparedData> {
  let told = performance.now();
  return prepare({
    path,
    where,
    data,
    sourceSha256,
    files,
    onProgress(done, all) {
      const now = performance.now();
      if (now - told < TELL_MS) return;
      told = now;
      onEvent({ kind: 'prepared', done, all });
    },
  });
}

// --- helpers ---

/** Nobody looks more often. */
const TELL_MS = 500;
