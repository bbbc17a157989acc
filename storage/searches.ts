/** `searches/<stage>.json`: what a search of a study has suggested, and how that ended. */
import { z } from 'zod';
import { standingSchema } from '../study/record/record.ts';
import { seedTrialSchema } from '../study/record/search-record.ts';
import { encodeJson, readJson, type StoredJson } from './json-objects.ts';
import { searchKey } from './keys.ts';
import { DamagedObjectError, type ObjectStore } from './object-store.ts';

/** An evaluation that has ended. */
const arrivalSchema = z.strictObject({
  /** From 0: its place among the suggestions. */
  number: z.number().int().min(0),
  /** What the sampler learns; null if it learns that the evaluation is none of the good ones. */
  score: z.number().nullable(),
  standings: z.array(standingSchema),
});

const searchLogSchema = z.strictObject({
  format: z.literal(1),
  /** Trials of earlier searches, as they were when the search began. */
  seeds: z.array(seedTrialSchema),
  /** By number. */
  suggested: z.array(z.record(z.string(), z.unknown())),
  /** In the order of their ends. */
  arrivals: z.array(arrivalSchema),
});

export type Arrival = z.infer<typeof arrivalSchema>;
export type SearchLog = z.infer<typeof searchLogSchema>;

export const EMPTY_LOG: SearchLog = { format: 1, seeds: [], suggested: [], arrivals: [] };

/** @returns undefined if the search has not begun. */
export async function readSearchLog(
  store: ObjectStore,
  studyId: string,
  stage: string,
): Promise<StoredJson<SearchLog> | undefined> {
  return readJson(store, searchKey(studyId, stage), searchLogSchema);
}

/**
 * Replaces a search's log.
 *
 * @param added what was not in the log before: only that is validated, since a log may have thousands of entries.
 * @param etag of the version that it replaces; undefined if there is none.
 * @throws {PreconditionFailedError} if another writer came first.
 */
export async function writeSearchLog(
  store: ObjectStore,
  { studyId, stage }: { studyId: string; stage: string },
  log: SearchLog,
  { added, etag }: { added: readonly Arrival[]; etag: string | undefined },
): Promise<{ etag: string }> {
  encodeJson(z.array(arrivalSchema), [...added]);
  const condition = etag === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: etag };
  return store.put(searchKey(studyId, stage), Buffer.from(JSON.stringify(log)), condition);
}

/**
 * The beginning of a log: as its search knew it when it had suggested and seen so many.
 *
 * @throws {DamagedObjectError} if the log has less.
 */
export function logUpTo(
  log: SearchLog | undefined,
  { suggested, arrived }: { suggested: number; arrived: number },
  { studyId, stage }: { studyId: string; stage: string },
): SearchLog {
  const { suggested: all, arrivals, ...rest } = log ?? EMPTY_LOG;
  if (all.length >= suggested && arrivals.length >= arrived) {
    return { ...rest, suggested: all.slice(0, suggested), arrivals: arrivals.slice(0, arrived) };
  }
  throw new DamagedObjectError(
    searchKey(studyId, stage),
    `${suggested} suggestions and ${arrived} ends`,
    `${all.length} and ${arrivals.length}`,
  );
}
