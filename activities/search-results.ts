import type { ObjectStore } from '../storage/object-store.ts';
import { readSearchLog } from '../storage/searches.ts';
import type { Stage } from '../study/definition/stage-schema.ts';
import type { StageRecord, TrialStanding } from '../study/record/record.ts';
import type { SearchEnd } from '../study/record/search-record.ts';

/**
 * All trials of a search, by number, and what its record says of it. They are in the search's log: a long search has more than its
 * workflow remembers.
 *
 * @param known what the workflow says: how the search ended, and its standings, with the winner that it started from.
 */
export async function searchResults(
  store: ObjectStore,
  studyId: string,
  stage: Stage,
  known: { end: SearchEnd; standings: readonly TrialStanding[] },
): Promise<{ standings: TrialStanding[]; search: NonNullable<StageRecord['search']> }> {
  const { end, standings } = known;
  const log = (await readSearchLog(store, studyId, stage.name))?.value;
  const { seeds = [], arrivals = [] } = log ?? {};
  // A trial with which a person has gone on has two ends: that at which it was stopped, and its last.
  const last = new Map(arrivals.map((arrival) => [arrival.number, arrival]));
  if (last.size < end.evaluations) {
    throw new Error(
      `study ${studyId}, search ${stage.name}: expected ${end.evaluations} results in its log in the store, found ${last.size}`,
    );
  }
  const isAsync = stage.kind === 'search' && stage.order === 'async';
  const byNumber = [...last.values()].sort((a, b) => a.number - b.number);
  return {
    standings: [
      // The start's runs, of which some may have been trained here.
      ...standings.filter(({ suggestion, takenOver }) => takenOver || suggestion === null),
      ...byNumber.flatMap((arrival) => arrival.standings),
    ],
    search: {
      ...end,
      ...(seeds.length > 0 && { seeds }),
      ...(isAsync && { arrivals: [...last.keys()].map((number) => number + 1) }),
    },
  };
}
