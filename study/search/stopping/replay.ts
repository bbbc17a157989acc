import { decideByAsha } from './asha.ts';
import { decideByHalving } from './halving.ts';
import { decideByMedian } from './median.ts';
import { type Curve, type Decision, rungsOf, type StoppingRule, scoreAt } from './rules.ts';

/** What a rule would have done to trials that were trained to their end. */
export interface Replay {
  /** Epochs of each trial that it would have trained. */
  trained: number[];
  /** Of those that all trials have together: 0 to 1. */
  savedShare: number;
  /** The best score of a trial that it would not have stopped, percent. */
  best: number;
  /** What the best of all trials scores more than that, points: 0 or more. */
  loss: number;
}

/**
 * Applies a rule to complete curves. That is what the rule would have done, since a stopped trial's epochs are the first of the
 * complete trial's, to the last bit. Only a search that learns would then have suggested other trials.
 *
 * @param curves the merit after each epoch, of which more is better, such as the validation accuracy, of trials in the order in which the search started them.
 * @param atOnce trials in a round; for `asha`, trials that train at the same time, an epoch of each taking equally long.
 * @throws {RangeError} unless there is a trial, and each has an epoch.
 */
export function replay(rule: StoppingRule, curves: readonly (readonly number[])[], atOnce: number): Replay {
  if (curves.length === 0 || curves.some(({ length }) => length === 0)) {
    throw new RangeError('replay: expected trials of one epoch or more, got one without, or none at all');
  }
  const trials = curves.map((scores) => ({ complete: scores, trained: [] as number[], running: true }));
  if (rule.kind === 'asha') arriveInTurns(rule, trials, atOnce);
  else for (let from = 0; from < trials.length; from += atOnce) playRound(rule, trials, from, from + atOnce);

  const trained = trials.map((trial) => trial.trained.length);
  const all = curves.reduce((sum, { length }) => sum + length, 0);
  const scores = curves.map((curve) => Math.max(...curve));
  const best = Math.max(...scores.filter((_, trial) => trained[trial] === curves[trial]?.length));
  return {
    trained,
    savedShare: 1 - trained.reduce((sum, epochs) => sum + epochs, 0) / all,
    best,
    loss: Math.max(...scores) - best,
  };
}

// --- helpers ---

interface Played {
  complete: readonly number[];
  trained: number[];
  running: boolean;
}

/** A round goes from rung to rung: what isn't stopped at one is trained to the next. */
function playRound(rule: StoppingRule, trials: readonly Played[], from: number, to: number): void {
  const round = trials.slice(from, to);
  const earlier = trials.slice(0, from).map(curveOf);
  const longest = Math.max(...round.map(({ complete }) => complete.length));
  for (const rung of rungsOf(rule, longest)) {
    for (const trial of round) trainTo(trial, rung);
    const curves = round.map(curveOf);
    const decisions = round.map((trial, index): Decision => {
      const curve = curves[index] as Curve;
      if (!trial.running || curve.epochs <= rung) return 'continue';
      if (rule.kind === 'median') return decideByMedian(curve, rung, earlier);
      return rule.kind === 'halving' ? decideByHalving(rule, index, rung, curves) : 'continue';
    });
    decisions.forEach((decision, index) => {
      if (decision === 'stop') (round[index] as Played).running = false;
    });
  }
  for (const trial of round) trainTo(trial, longest);
}

/** Trials take the free places in their order, and train an epoch each in turn. */
function arriveInTurns(
  rule: Extract<StoppingRule, { kind: 'asha' }>,
  trials: readonly Played[],
  atOnce: number,
): void {
  const arrivals = new Map<number, number[]>();
  const waiting = [...trials];
  let training = waiting.splice(0, atOnce);
  while (training.length > 0) {
    for (const trial of training) {
      const epoch = trial.trained.length + 1;
      trainTo(trial, epoch);
      const curve = curveOf(trial);
      if (!rungsOf(rule, curve.epochs).includes(epoch)) continue;
      const before = arrivals.get(epoch) ?? [];
      if (decideByAsha(rule, curve, epoch, before) === 'stop') trial.running = false;
      arrivals.set(epoch, [...before, scoreAt(curve, epoch) as number]);
    }
    training = training.filter((trial) => !curveOf(trial).ended);
    training.push(...waiting.splice(0, atOnce - training.length));
  }
}

function trainTo(trial: Played, epoch: number): void {
  if (trial.running) trial.trained = trial.complete.slice(0, epoch);
}

function curveOf({ complete, trained, running }: Played): Curve {
  return { scores: trained, epochs: complete.length, ended: !running || trained.length === complete.length };
}
