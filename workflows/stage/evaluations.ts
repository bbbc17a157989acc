import { candidateOfRun } from '../../study/plan/runs.ts';
import { all } from '../children.ts';
import type { StageStatus } from '../status.ts';
import { teaches } from './arrivals.ts';
import { keptRows } from './kept-rows.ts';
import type { Evaluation, MadeTrial, SearchPlan, SearchState } from './stage-input.ts';
import type { StageTrials } from './stage-trials.ts';
import type { Suggestions } from './suggestions.ts';

/** Where the evaluations of a search are shown and trained. */
export interface EvaluationParts {
  status: StageStatus;
  trials: StageTrials;
  /** Tells the study that a trial no longer waits for a person. */
  clearAttention: (trial: string) => Promise<void>;
}

/** The evaluations of a search: it trains them, reports their ends, and counts both in `state`. */
export function evaluationsOf(
  { space }: Pick<SearchPlan, 'space'>,
  { status, trials, clearAttention }: EvaluationParts,
  state: SearchState,
  suggestions: Pick<Suggestions, 'add'>,
) {
  /** Those that may be stopped early, by their runs' names. */
  const stoppable = new Map<string, Evaluation>();

  return { enter, train, mayStop, trainStopped, dropOpen };

  /** Shows an evaluation's runs. */
  function enter({ runs }: Evaluation): void {
    runs.forEach(trials.enter);
  }

  async function train(evaluation: Evaluation): Promise<void> {
    await trainAndReport(evaluation);
    state.ended++;
    if (status.search) status.search.ended = state.ended;
    status.trials = keptRows(status.trials);
  }

  /** Remembers an evaluation whose trial `trainStopped` may be asked for. */
  function mayStop(evaluation: Evaluation): void {
    for (const { name } of evaluation.runs) stoppable.set(name, evaluation);
  }

  /** Trains a trial to its end that was stopped early. What is reported of it replaces what was. */
  async function trainStopped({ name, spec: { config } }: MadeTrial): Promise<void> {
    const evaluation = stoppable.get(name) as Evaluation;
    state.epochs += config.epochs - (trials.rowOf(name).standing?.stopped?.epoch ?? 0);
    enter(evaluation);
    await trainAndReport(evaluation);
  }

  /** Trains all runs of an evaluation. It has ended when the last of them has. */
  async function trainAndReport({
    runs,
    spec: { config },
    evaluation: { number },
  }: Evaluation): Promise<void> {
    const trained = await all(runs.map(trials.train));
    const standings = trained.filter((standing) => standing !== undefined);
    suggestions.add({ number, score: teaches(standings, space), standings });
    // The budget is for what is trained.
    for (const { stopped } of standings) if (stopped) state.epochs -= config.epochs - stopped.epoch;
  }

  /** Forgets the evaluations that were stopped with their search, also what runs of theirs had ended. @returns how many. */
  async function dropOpen(): Promise<number> {
    const open = status.trials.filter(({ standing }) => standing === null);
    const stopped = new Set(open.map(({ name }) => candidateOfRun(name)));
    status.trials = status.trials.filter(({ name }) => !stopped.has(candidateOfRun(name)));
    for (const { name, failure } of open) if (failure !== null) await clearAttention(name);
    return stopped.size;
  }
}
