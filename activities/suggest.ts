import { ApplicationFailure } from '@temporalio/activity';
import { searchKey } from '../storage/keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readSeeds, SeedError } from '../storage/search-seeds.ts';
import {
  type Arrival,
  EMPTY_LOG,
  logUpTo,
  readSearchLog,
  type SearchLog,
  writeSearchLog,
} from '../storage/searches.ts';
import type { Sampler, SearchSpace, Seed } from '../study/definition/search-schema.ts';
import type { SeedTrial } from '../study/record/search-record.ts';
import type { SearchTrial } from '../study/search/samplers/search-trial.ts';
import type { Space, Values } from '../study/search/space.ts';
import { suggestNext } from '../study/search/suggest.ts';
import { asValues, spaceOf } from '../study/search/suggestion.ts';
import { meritOf, type OtherMeasure } from '../study/trial/measure.ts';
import type { TrialData } from '../study/trial/trial.ts';

export interface Asked {
  studyId: string;
  stage: string;
  space: SearchSpace;
  /** Absent: random. */
  sampler?: Sampler;
  seed: number;
  /** What its scores are. Absent: accuracy. */
  rankBy?: OtherMeasure;
  /** Earlier searches to learn from, and what the search trains on. They are read once, when nothing was suggested yet. */
  seededBy?: Seed[];
  data: TrialData;
  /** How many were suggested, and how many ends were reported, before. */
  suggested: number;
  arrived: number;
  /** What has ended since, in order. */
  arrivals: Arrival[];
  /** How many to suggest; 0 to report ends alone. */
  count: number;
}

export interface Suggested {
  /** Fewer than asked for if the space has no more. */
  values: Values[];
  /** How many trials of earlier searches it knows. */
  seeds: number;
}

/**
 * Suggests what a search tries next, and keeps its log in the store, so that no history repeats what has ended.
 *
 * It is an activity, so that suggestions are in the workflow's history: a replay doesn't make them again, and a new version's
 * sampler doesn't change what was suggested. What the log has beyond what the workflow says it has seen is dropped: it is of an
 * attempt that was repeated, or from before a reset.
 */
export function createSuggest({ store }: { store: ObjectStore }) {
  const known = new KnownLogs();
  return async (asked: Asked): Promise<Suggested> => {
    const { studyId, stage, sampler, seed, rankBy, arrivals, count } = asked;
    const space = spaceOf(asked.space);
    const found = await known.read(store, studyId, stage);
    const isNew = asked.suggested === 0 && asked.arrived === 0;
    const before = isNew
      ? { ...EMPTY_LOG, seeds: await seedsOf(store, asked, space) }
      : logUpTo(found?.value, asked, asked);
    const log: SearchLog = { ...before, arrivals: [...before.arrivals, ...arrivals] };
    const values =
      count === 0 ? [] : suggestNext(space, trialsOf(log, space, rankBy), { sampler, seed, count });
    const next: SearchLog = { ...log, suggested: [...log.suggested, ...values] };
    const { etag } = await writeSearchLog(store, asked, next, { added: arrivals, etag: found?.etag });
    known.keep(studyId, stage, { value: next, etag });
    return { values, seeds: next.seeds.length };
  };
}

// --- helpers ---

/** The logs that this process wrote last: one of thousands of evaluations takes tens of milliseconds to read. */
class KnownLogs {
  readonly #logs = new Map<string, { value: SearchLog; etag: string }>();

  async read(store: ObjectStore, studyId: string, stage: string) {
    const key = searchKey(studyId, stage);
    const known = this.#logs.get(key);
    if (known && (await store.stat(key))?.etag === known.etag) return known;
    return readSearchLog(store, studyId, stage);
  }

  keep(studyId: string, stage: string, log: { value: SearchLog; etag: string }): void {
    const key = searchKey(studyId, stage);
    this.#logs.delete(key);
    this.#logs.set(key, log);
    const [oldest] = this.#logs.keys();
    if (this.#logs.size > MOST_LOGS && oldest !== undefined) this.#logs.delete(oldest);
  }
}

/** As many searches hardly run at the same time. */
const MOST_LOGS = 8;

async function seedsOf(
  store: ObjectStore,
  { seededBy, data, rankBy }: Asked,
  space: Space,
): Promise<SeedTrial[]> {
  if (!seededBy) return [];
  try {
    return await readSeeds(store, seededBy, { space, data, rankBy });
  } catch (error) {
    if (!(error instanceof SeedError)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, error.name);
  }
}

/** As samplers take them: those of earlier searches first. */
function trialsOf(
  { seeds, suggested, arrivals }: SearchLog,
  space: Space,
  rankBy: OtherMeasure | undefined,
): SearchTrial[] {
  const ended = new Map(arrivals.map((arrival) => [arrival.number, arrival]));
  return [
    ...seeds.map(
      ({ suggestion, score }): SearchTrial => ({
        values: asValues(suggestion, space),
        state: 'completed',
        score: meritOf(score, rankBy),
      }),
    ),
    ...suggested.map((values, number): SearchTrial => {
      const arrival = ended.get(number);
      if (!arrival) return { values, state: 'running' };
      const { score } = arrival;
      return score === null
        ? { values, state: 'failed' }
        : { values, state: 'completed', score: meritOf(score, rankBy) };
    }),
  ];
}
