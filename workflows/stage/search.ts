import { CancellationScope } from '@temporalio/workflow';
import { stoppingAsTrained } from '../../study/plan/stopping.ts';
import { longestFirst } from '../../study/plan/trial-work.ts';
import type { SearchEnd } from '../../study/record/search-record.ts';
import { isDivisible, nextPortion, type Portion } from '../../study/search/rounds.ts';
import type { Pause } from '../pause.ts';
import { earlyStopping } from './early-stopping.ts';
import { evaluationOf } from './evaluation.ts';
import { type EvaluationParts, evaluationsOf } from './evaluations.ts';
import { inLines } from './lines.ts';
import type { Evaluation, SearchPlan, SearchState, StageInput } from './stage-input.ts';
import { suggestionsOf } from './suggestions.ts';
import { withinTime } from './time-budget.ts';

/** What a search has of its stage's workflow. */
export interface SearchStageParts extends EvaluationParts {
  input: Pick<StageInput, 'studyId' | 'stage' | 'continued'>;
  pause: Pause;
}

/**
 * Runs a search, portion by portion: a portion is suggested together, and what follows waits for all of it, unless the search is
 * `async`. Results go to the search's log in the store, from which suggestions are made, so that this workflow need not
 * remember them.
 *
 * @returns how it ended; or what the workflow is to continue as new with, since its history would become too long. Nothing runs then.
 */
export async function runSearch(
  plan: SearchPlan,
  parts: SearchStageParts,
): Promise<{ end: SearchEnd } | { continueWith: SearchState }> {
  const { input, status, trials, pause } = parts;
  const state = input.continued ?? beginning(plan);
  const suggestedBefore = state.suggested;
  const mostEpochs = (plan.budget?.epochs ?? Number.POSITIVE_INFINITY) / plan.profile.epochDivisor;
  const suggestions = suggestionsOf(input, plan, state);
  const evaluations = evaluationsOf(plan, parts, state, suggestions);
  const rule = stoppingAsTrained(plan, plan.profile);
  const stopping =
    rule &&
    earlyStopping(rule, {
      goOn: evaluations.trainStopped,
      tell: trials.tell,
      ...(state.atRungs && { before: state.atRungs }),
    });

  if (plan.seededBy && !input.continued) await suggestions.ask(0);
  const { result, leftMs } = await withinTime(state.leftMs, pause, runPortions);
  state.leftMs = leftMs;
  const stopped = result === undefined ? await evaluations.dropOpen() : 0;
  const atRungs = await stopping?.end();
  if (suggestions.hasMore()) await suggestions.ask(0);
  if (result === 'full') {
    const rows = status.trials;
    return { continueWith: { ...state, isPaused: pause.isPaused, ...(atRungs && { atRungs }), rows } };
  }
  return { end: { end: result ?? 'budget', evaluations: state.ended, ...(stopped > 0 && { stopped }) } };

  /** @returns `full` if this run of the workflow has had enough. */
  async function runPortions(): Promise<SearchEnd['end'] | 'full'> {
    for (;;) {
      const portion = nextPortion(plan, state.suggested, state.seeds);
      if (!portion) return 'completed';
      const count = fitting(portion);
      if (count === 0) return 'full';
      const { made, end } = await next(count);
      if (made.length === 0) return end;
      await trainPortion(made, portion);
    }
  }

  /** How many evaluations of a portion this run of the workflow takes. */
  function fitting({ count }: Portion): number {
    const taken = state.suggested - suggestedBefore;
    const room = Math.max(0, plan.evaluationsARun - taken);
    if (isDivisible(plan, state.suggested, state.seeds)) return Math.min(count, room);
    // What is compared, or depends on results, is suggested as in a history without end. No portion is too large for a whole run.
    return count <= room || taken === 0 ? count : 0;
  }

  /**
   * The next evaluations: fewer than asked for if the space or the budget has no more.
   *
   * @returns `end` says which, if there are none.
   */
  async function next(count: number): Promise<{ made: Evaluation[]; end: SearchEnd['end'] }> {
    const { values, from } = await suggestions.ask(count);
    const made: Evaluation[] = [];
    for (const each of values) {
      const evaluation = evaluationOf(plan, each, from + made.length, { from, count: values.length });
      const epochs = evaluation.runs.length * evaluation.spec.config.epochs;
      if (state.epochs + epochs > mostEpochs) break;
      state.epochs += epochs;
      made.push(evaluation);
    }
    state.suggested -= values.length - made.length;
    return { made: withRungs(made), end: values.length === 0 ? 'exhausted' : 'budget' };
  }

  /** Lets a new round's trials halt at rungs. Where there is a rule, an evaluation has one run. */
  function withRungs(made: Evaluation[]): Evaluation[] {
    if (!stopping) return made;
    made.forEach(evaluations.mayStop);
    const runs = stopping.begin(made.flatMap((each) => each.runs));
    return made.map((evaluation, index) => ({ ...evaluation, runs: runs.slice(index, index + 1) }));
  }

  async function trainPortion(made: Evaluation[], { atOnce, thenAsync }: Portion): Promise<void> {
    setWaitsForAll(false);
    const fit = made.length <= atOnce && thenAsync === 0;
    const waiting = fit ? longestFirst(made) : [...made];
    // Rows are in the order of the numbers.
    if (fit) made.forEach(evaluations.enter);
    await inLines(Math.max(atOnce, thenAsync), {
      next: async (line) => {
        const evaluation = waiting.shift() ?? (line < thenAsync ? await oneMore() : undefined);
        setWaitsForAll(waiting.length === 0 && thenAsync === 0);
        if (evaluation) evaluations.enter(evaluation);
        return evaluation;
      },
      train: evaluations.train,
      parked: ({ runs }) => {
        const names = runs.map(({ name }) => name);
        const areParked = trials.parked(names);
        return () => areParked() || names.some((name) => stopping?.isHalted(name));
      },
    });
  }

  /** For an `async` search; undefined if there is none, or if this run of the workflow has had enough. */
  async function oneMore(): Promise<Evaluation | undefined> {
    const isFull = state.suggested - suggestedBefore >= plan.evaluationsARun;
    if (isFull || state.suggested >= plan.evaluations) return undefined;
    const { made } = await next(1);
    return CancellationScope.current().consideredCancelled ? undefined : made[0];
  }

  function setWaitsForAll(waits: boolean): void {
    if (status.search) status.search.waitsForAll = waits;
  }
}

// --- helpers ---

/** Before anything is suggested. */
function beginning({ budget }: SearchPlan): SearchState {
  return {
    suggested: 0,
    arrived: 0,
    ended: 0,
    seeds: 0,
    epochs: 0,
    leftMs: budget?.hours === undefined ? null : budget.hours * 3_600_000,
    isPaused: false,
    rows: [],
  };
}
