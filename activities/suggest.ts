import type { ObjectStore } from '../storage/object-store.ts';
import { readResult } from '../storage/trials/trials.ts';
import type { SearchSpace } from '../study/definition/stage-schema.ts';
import { type Suggestion, suggest } from '../study/search/suggest.ts';

/**
 * The next configuration of a search. An activity, so that its answer is in the history: a replay computes nothing, and
 * another sampler changes no study that is under way.
 */
export function createSuggest({ store }: { store: ObjectStore }) {
  return async (search: {
    space: SearchSpace;
    seed: number;
    /** How many were suggested before. */
    index: number;
    /** The search's trials that have ended. */
    ended: { trialKey: string; suggestion: Suggestion }[];
  }): Promise<Suggestion> => {
    const trials = await Promise.all(
      search.ended.map(async ({ trialKey, suggestion }) => ({
        suggestion,
        score: (await readResult(store, trialKey))?.score ?? null,
      })),
    );
    return suggest(search.space, trials, search);
  };
}
