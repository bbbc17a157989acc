import { decideByAsha } from './asha.ts';
import { decideByHalving } from './halving.ts';
import { medianLimit } from './median.ts';
import { type AshaRule, type Curve, type HalvingRule, rungsOf, type StoppingRule } from './rules.ts';
import type { Rung, RungScore } from './rung.ts';

/** Whether a trial that has halted at a rung goes on. */
export interface Ruling {
  name: string;
  epoch: number;
  goesOn: boolean;
}

/**
 * The merits of the trials that came to each rung, by its epoch: for `median` those of earlier rounds, for `asha` all so far in
 * the order in which they arrived. `halving` needs none.
 */
export type Arrived = Record<string, number[]>;

/** Applies a rule to the trials of a search while they train. */
export interface Referee {
  /** Begins a round. `asha` has no rounds: there, it adds trials. */
  begin(trials: readonly { name: string; epochs: number }[]): void;
  /** Where the rule may stop a trial that has begun. */
  rungsOf(name: string): Rung[];
  /**
   * A trial has halted at the last of these rungs. One that has not begun is left alone.
   *
   * @returns what is decided now. If the trial comes to a rung again, it is what was decided before.
   */
  halted(name: string, scores: readonly RungScore[]): Ruling[];
  /**
   * A trial has ended, whether or not it was stopped.
   *
   * @param scores of all rungs that it came to. A result from the store may have passed rungs at which the rule would have
   *   stopped it. For the others, it counts as stopped there: what the store has changes nothing for them.
   */
  ended(name: string, scores: readonly RungScore[]): Ruling[];
  /** How many trials had come to each of its rungs before it; empty unless the order of arrivals decides. */
  arrivalsOf(name: string): number[];
  /** Ends the round. For another referee, which continues the search. */
  arrived(): Arrived;
}

/**
 * @param rule with epochs as trials count them.
 * @param before what an earlier referee of the same search has seen.
 */
export function createReferee(rule: StoppingRule, before: Arrived = {}): Referee {
  const arrived: Arrived = Object.fromEntries(Object.entries(before).map(([rung, all]) => [rung, [...all]]));
  const trials = new Map<string, Trial>();

  function endRound(): void {
    if (rule.kind === 'asha') return;
    for (const trial of rule.kind === 'median' ? trials.values() : []) {
      for (const [epoch, score] of untilStopped(trial)) arrivalsAt(arrived, epoch).push(score);
    }
    trials.clear();
  }

  function decide(trial: Trial): Ruling[] {
    if (rule.kind === 'halving') return decideRound(rule, [...trials.values()]);
    return rule.kind === 'asha' ? decideArrival(rule, trial, arrived) : decideLimits(trial);
  }

  function trialOf(name: string): Trial {
    const trial = trials.get(name);
    if (!trial) throw new Error(`trial ${name}: expected a trial of a round that has begun, got another`);
    return trial;
  }

  return {
    begin(round) {
      endRound();
      for (const { name, epochs } of round) {
        const rungs = rungsOf(rule, epochs).map((epoch): Rung => {
          const haltBelow = rule.kind === 'median' ? medianLimit(arrived[epoch] ?? []) : null;
          return { epoch, haltBelow };
        });
        trials.set(name, newTrial(name, epochs, rungs));
      }
    },
    rungsOf: (name) => trialOf(name).rungs,
    halted(name, scores) {
      const trial = trials.get(name);
      if (!trial) return [];
      learn(trial, scores);
      const epoch = scores.at(-1)?.epoch ?? 0;
      const known = trial.decided.get(epoch);
      return known === undefined ? decide(trial) : [{ name, epoch, goesOn: known }];
    },
    ended(name, scores) {
      const trial = trialOf(name);
      learn(trial, scores);
      trial.hasEnded = true;
      return decide(trial);
    },
    arrivalsOf: (name) => trialOf(name).arrivals,
    arrived() {
      endRound();
      return arrived;
    },
  };
}

// --- helpers ---

interface Trial {
  name: string;
  epochs: number;
  rungs: Rung[];
  /** By rung, in order. */
  scores: Map<number, number>;
  /** Whether it goes on, by rung. */
  decided: Map<number, boolean>;
  arrivals: number[];
  hasEnded: boolean;
}

function newTrial(name: string, epochs: number, rungs: Rung[]): Trial {
  return { name, epochs, rungs, scores: new Map(), decided: new Map(), arrivals: [], hasEnded: false };
}

function learn({ scores: known }: Trial, scores: readonly RungScore[]): void {
  for (const { epoch, score } of scores) known.set(epoch, score);
}

function decideLimits(trial: Trial): Ruling[] {
  return undecided(trial).flatMap(({ epoch, haltBelow }) => {
    if (stoppedAt(trial) !== undefined) return [];
    const goesOn = haltBelow === null || (trial.scores.get(epoch) as number) >= haltBelow;
    return [settled(trial, epoch, goesOn)];
  });
}

function decideArrival(asha: AshaRule, trial: Trial, arrived: Arrived): Ruling[] {
  return undecided(trial).flatMap(({ epoch }) => {
    if (stoppedAt(trial) !== undefined) return [];
    const before = arrivalsAt(arrived, epoch);
    const decision = decideByAsha(asha, curveOf(trial), epoch, before);
    trial.arrivals.push(before.length);
    before.push(trial.scores.get(epoch) as number);
    return [settled(trial, epoch, decision === 'continue')];
  });
}

/** Rung by rung, since who is stopped at one doesn't come to the next. */
function decideRound(halving: HalvingRule, round: readonly Trial[]): Ruling[] {
  const epochs = new Set(round.flatMap(({ rungs }) => rungs.map(({ epoch }) => epoch)));
  const rulings: Ruling[] = [];
  for (const epoch of [...epochs].sort((a, b) => a - b)) {
    const curves = round.map(curveOf);
    const open = round.flatMap((trial, index) => {
      const isHere = stoppedAt(trial) === undefined && undecided(trial).some((rung) => rung.epoch === epoch);
      return isHere ? [{ trial, decision: decideByHalving(halving, index, epoch, curves) }] : [];
    });
    for (const { trial, decision } of open) {
      if (decision !== 'wait') rulings.push(settled(trial, epoch, decision === 'continue'));
    }
  }
  return rulings;
}

function settled(trial: Trial, epoch: number, goesOn: boolean): Ruling {
  trial.decided.set(epoch, goesOn);
  return { name: trial.name, epoch, goesOn };
}

/** The rungs that a trial has come to and that are not decided. */
function undecided({ rungs, scores, decided }: Trial): Rung[] {
  return rungs.filter(({ epoch }) => scores.has(epoch) && !decided.has(epoch));
}

function stoppedAt({ decided }: Trial): number | undefined {
  return [...decided].find(([, goesOn]) => !goesOn)?.[0];
}

function untilStopped(trial: Trial): [epoch: number, score: number][] {
  const stop = stoppedAt(trial) ?? Number.POSITIVE_INFINITY;
  return [...trial.scores].filter(([epoch]) => epoch <= stop);
}

/** A curve that has the trial's scores at its rungs. */
function curveOf(trial: Trial): Curve {
  const known = untilStopped(trial);
  const scores = Array.from({ length: known.at(-1)?.[0] ?? 0 }, () => Number.NEGATIVE_INFINITY);
  for (const [epoch, score] of known) scores[epoch - 1] = score;
  return { scores, epochs: trial.epochs, ended: trial.hasEnded || stoppedAt(trial) !== undefined };
}

function arrivalsAt(arrived: Arrived, epoch: number): number[] {
  const known = arrived[epoch] ?? [];
  arrived[epoch] = known;
  return known;
}
