import { CancellationScope } from '@temporalio/workflow';
import { asTrained } from '../../study/plan/epochs.ts';
import { searchTrial } from '../../study/plan/plan.ts';
import { asRuns, candidateOfRun, runSeed } from '../../study/plan/runs.ts';
import { stoppingAsTrained } from '../../study/plan/stopping.ts';
import { longestFirst } from '../../study/plan/trial-work.ts';
import type { SearchEnd } from '../../study/record/search-record.ts';
import { independentEvaluations, nextPortion, type Portion } from '../../study/search/rounds.ts';
import type { Values } from '../../study/search/space.ts';
import { asSuggestion } from '../../study/search/suggestion.ts';
import { suggest } from '../activities.ts';
import { all } from '../children.ts';
import type { Pause } from '../pause.ts';
import type { StageStatus } from '../status.ts';
import { teaches } from './arrivals.ts';
import { earlyStopping } from './early-stopping.ts';
import { keptRows } from './kept-rows.ts';
import { inLines } from './lines.ts';
import type { Evaluation, MadeTrial, SearchPlan, SearchState, StageInput } from './stage-input.ts';
import type { StageTrials } from './stage-trials.ts';
import { withinTime } from './time-budget.ts';

/** What a search has of its stage's workflow. */
export interface SearchStageParts {
  input: Pick<StageInput, 'studyId' | 'stage' | 'continued'>;
  status: StageStatus;
  trials: StageTrials;
  pause: Pause;
  show: () => void;
  /** Tells the study that a trial no longer waits for a person. */
  clearAttention: (trial: string) => Promise<void>;
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
  const { input, status, trials, pause, show } = parts;
  const { studyId, stage, continued } = input;
  const { spec, space, sampler, seededBy, profile, budget } = plan;
  const state: SearchState = continued ?? {
    suggested: 0,
    arrived: 0,
    ended: 0,
    seeds: 0,
    epochs: 0,
    leftMs: budget?.hours === undefined ? null : budget.hours * 3_600_000,
    isPaused: false,
    rows: [],
  };
  const suggestedBefore = state.suggested;
  const mostEpochs = (budget?.epochs ?? Number.POSITIVE_INFINITY) / profile.epochDivisor;
  /** Ended since the last suggestion, in that order. */
  let arrivals: Parameters<typeof suggest>[0]['arrivals'] = [];
  let lastAsked: Promise<unknown> = Promise.resolve();
  /** Those of a search that stops trials early, by their runs' names. */
  const evaluations = new Map<string, Evaluation>();
  const rule = stoppingAsTrained(plan, profile);
  const stopping =
    rule &&
    earlyStopping(rule, {
      goOn: trainStopped,
      tell: trials.tell,
      ...(state.atRungs && { before: state.atRungs }),
    });

  if (seededBy && !continued) await ask(0);
  const { result, leftMs } = await withinTime(state.leftMs, pause, runPortions);
  state.leftMs = leftMs;
  const stopped = result === undefined ? await dropOpen() : 0;
  const atRungs = await stopping?.end();
  if (arrivals.length > 0) await ask(0);
  if (result === 'full') {
    const rows = status.trials;
    return { continueWith: { ...state, isPaused: pause.isPaused, ...(atRungs && { atRungs }), rows } };
  }
  return { end: { end: result ?? 'budget', evaluations: state.ended, ...(stopped > 0 && { stopped }) } };

  async function runPortions(): Promise<SearchEnd['end'] | 'full'> {
    for (;;) {
      const portion = nextPortion(plan, state.suggested, state.seeds);
      if (!portion) return 'completed';
      const room = plan.evaluationsARun - (state.suggested - suggestedBefore);
      // What depends on results is suggested as in a history without end, so it isn't divided.
      const isDivisible = state.suggested < independentEvaluations(plan, state.seeds);
      if (room <= 0 || (portion.count > room && !isDivisible)) return 'full';
      const { made, end } = await next(Math.min(portion.count, room));
      if (made.length === 0) return end;
      await trainPortion(made, portion);
    }
  }

  /**
   * The next evaluations: fewer than asked for if the space or the budget has no more.
   *
   * @returns `end` says which, if there are none.
   */
  async function next(count: number): Promise<{ made: Evaluation[]; end: SearchEnd['end'] }> {
    const { values, from } = await ask(count);
    const made: Evaluation[] = [];
    for (const each of values) {
      const evaluation = evaluationOf(each, from + made.length, { from, count: values.length });
      const epochs = evaluation.runs.length * evaluation.spec.config.epochs;
      if (state.epochs + epochs > mostEpochs) break;
      state.epochs += epochs;
      made.push(evaluation);
    }
    state.suggested -= values.length - made.length;
    return { made: withRungs(made), end: values.length === 0 ? 'exhausted' : 'budget' };
  }

  /** Reports what has ended, and asks for suggestions: one request after another, since the log is in their order. */
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

  function evaluationOf(
    values: Values,
    number: number,
    portion: { from: number; count: number },
  ): Evaluation {
    const suggestion = asSuggestion(values);
    const planned = searchTrial(plan.start, suggestion, profile, number, plan.networks);
    const { network: chosen, ...settings } = suggestion;
    const initialWeights = chosen === undefined ? spec.initialWeights : plan.initialWeights[chosen];
    const drawn = { ...asTrained(settings, profile), ...(chosen !== undefined && { network: chosen }) };
    const runs = asRuns(planned, plan.repeats).map(({ name, config, run }): MadeTrial => {
      const seed = runSeed(spec.seed, run?.index ?? 0);
      return {
        name,
        ...(run && { candidate: run.candidate }),
        spec: { ...spec, config, seed, initialWeights: initialWeights ?? spec.initialWeights },
        of: null,
        suggestion,
        drawn,
      };
    });
    const [{ spec: first }] = runs as [MadeTrial];
    return { spec: first, runs, evaluation: { number, portion } };
  }

  async function trainPortion(made: Evaluation[], { atOnce, thenAsync }: Portion): Promise<void> {
    setWaitsForAll(false);
    const fit = made.length <= atOnce && thenAsync === 0;
    const waiting = fit ? longestFirst(made) : [...made];
    // Rows are in the order of the numbers.
    if (fit) made.forEach(enter);
    await inLines(Math.max(atOnce, thenAsync), {
      next: async (line) => {
        const evaluation = waiting.shift() ?? (line < thenAsync ? await oneMore() : undefined);
        setWaitsForAll(waiting.length === 0 && thenAsync === 0);
        if (evaluation) enter(evaluation);
        show();
        return evaluation;
      },
      train: trainEvaluation,
      isParked: ({ runs }) => {
        const names = runs.map(({ name }) => name);
        return trials.areParked(names) || names.some((name) => stopping?.isHalted(name));
      },
    });
  }

  function setWaitsForAll(waits: boolean): void {
    if (status.search) status.search.waitsForAll = waits;
  }

  /** For an `async` search; undefined if there is none, or if this run of the workflow has had enough. */
  async function oneMore(): Promise<Evaluation | undefined> {
    const isFull = state.suggested - suggestedBefore >= plan.evaluationsARun;
    if (isFull || state.suggested >= plan.evaluations) return undefined;
    const { made } = await next(1);
    return CancellationScope.current().consideredCancelled ? undefined : made[0];
  }

  function enter({ runs }: Evaluation): void {
    runs.forEach(trials.enter);
  }

  /** Lets a new round's trials halt at rungs. Where there is a rule, an evaluation has one run. */
  function withRungs(made: Evaluation[]): Evaluation[] {
    if (!stopping) return made;
    for (const each of made) for (const { name } of each.runs) evaluations.set(name, each);
    const runs = stopping.begin(made.flatMap((each) => each.runs));
    return made.map((evaluation, index) => ({ ...evaluation, runs: runs.slice(index, index + 1) }));
  }

  async function trainEvaluation(evaluation: Evaluation): Promise<void> {
    await trainAndReport(evaluation);
    state.ended++;
    if (status.search) status.search.ended = state.ended;
    status.trials = keptRows(status.trials);
    show();
  }

  /** Trains all runs of an evaluation. It has ended when the last of them has. */
  async function trainAndReport({
    runs,
    spec: { config },
    evaluation: { number },
  }: Evaluation): Promise<void> {
    const trained = await all(runs.map(trials.train));
    const standings = trained.filter((standing) => standing !== undefined);
    arrivals.push({ number, score: teaches(standings, space), standings });
    // The budget is for what is trained.
    for (const { stopped } of standings) if (stopped) state.epochs -= config.epochs - stopped.epoch;
  }

  /** Trains a trial to its end that was stopped early. What is reported of it replaces what was. */
  async function trainStopped({ name, spec: { config } }: MadeTrial): Promise<void> {
    const evaluation = evaluations.get(name) as Evaluation;
    state.epochs += config.epochs - (trials.rowOf(name).standing?.stopped?.epoch ?? 0);
    enter(evaluation);
    show();
    await trainAndReport(evaluation);
    show();
  }

  /** Forgets the evaluations that were stopped, also what runs of theirs had ended. @returns how many. */
  async function dropOpen(): Promise<number> {
    const open = status.trials.filter(({ standing }) => standing === null);
    const stopped = new Set(open.map(({ name }) => candidateOfRun(name)));
    status.trials = status.trials.filter(({ name }) => !stopped.has(candidateOfRun(name)));
    for (const { name, failure } of open) if (failure !== null) await parts.clearAttention(name);
    show();
    return stopped.size;
  }
}
