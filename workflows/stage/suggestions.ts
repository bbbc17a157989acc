import { CancellationScope } from '@temporalio/workflow';
import type { Values } from '../../study/search/space.ts';
import { suggest } from '../activities.ts';
import type { SearchPlan, SearchState, StageInput } from './stage-input.ts';

/** What a search is suggested, and what it reports of its trials. */
export interface Suggestions {
  /** An evaluation has ended. It is reported with the next request. */
  add(arrival: Arrival): void;
  /**
   * Reports what has ended, and asks for suggestions: one request after another, since the search's log is in their order.
   *
   * @param count 0 to report alone.
   * @returns fewer than asked for if the space has no more; `from` is the number of the first.
   */
  ask(count: number): Promise<{ values: Values[]; from: number }>;
  /** Whether anything has ended that was not reported. */
  hasMore(): boolean;
}

/** @param state of the search: how much was suggested and reported is kept up to date. */
export function suggestionsOf(
  { studyId, stage }: Pick<StageInput, 'studyId' | 'stage'>,
  { spec, space, sampler, seededBy }: SearchPlan,
  state: SearchState,
): Suggestions {
  /** Ended since the last suggestion, in that order. */
  let arrivals: Arrival[] = [];
  let lastAsked: Promise<unknown> = Promise.resolve();

  return { add: (arrival) => void arrivals.push(arrival), ask, hasMore: () => arrivals.length > 0 };

  function ask(count: number): Promise<{ values: Values[]; from: number }> {
    const asked = lastAsked.then(() =>
      CancellationScope.nonCancellable(async () => {
        const reported = arrivals;
        const from = state.suggested;
        arrivals = [];
        const { values, seeds } = await suggest({
          studyId,
          stage,
          space,
          ...(sampler && { sampler }),
          seed: spec.seed,
          ...(spec.rankBy && { rankBy: spec.rankBy }),
          ...(seededBy && { seededBy }),
          data: spec.data,
          suggested: from,
          arrived: state.arrived,
          arrivals: reported,
          count,
        });
        state.arrived += reported.length;
        state.suggested += values.length;
        state.seeds = seeds;
        return { values, from };
      }),
    );
    lastAsked = asked.catch(() => {});
    return asked;
  }
}

// --- helpers ---

type Arrival = Parameters<typeof suggest>[0]['arrivals'][number];
