/** When a search stops a trial early. Decisions fall at rungs alone: after certain epochs, and before a trial's last one. */

/** Stops what is behind the median of earlier rounds. Rungs: `first`, `first + every` and so on. */
export interface MedianRule {
  kind: 'median';
  /** Epochs before the first decision, from 1 on. */
  first: number;
  /** Epochs from one decision to the next, from 1 on. */
  every: number;
}

/** Lets the best part of each round go on. Rungs: `first`, `first · factor`, `first · factor²` and so on. */
export interface HalvingRule {
  kind: 'halving';
  first: number;
  /** One of so many goes on at each rung; a whole number from 2 on. */
  factor: number;
}

/** The same without rounds: a trial is compared with those that reached its rung before. */
export interface AshaRule extends Omit<HalvingRule, 'kind'> {
  kind: 'asha';
}

export type StoppingRule = MedianRule | HalvingRule | AshaRule;

/** `wait`: until the others of its round have come so far. The trial keeps its checkpoint, and resumes from it. */
export type Decision = 'continue' | 'stop' | 'wait';

/** A trial as a rule sees it. */
export interface Curve {
  /** The merit after each epoch so far, of which more is better: see `meritOf`. */
  scores: readonly number[];
  /** Epochs that it is to train if nothing stops it. */
  epochs: number;
  /** Whether it trains no further: it completed, failed or was stopped. */
  ended: boolean;
}

/** The epochs after which a rule decides on a trial of so many epochs, in order. */
export function rungsOf(rule: StoppingRule, epochs: number): number[] {
  const rungs: number[] = [];
  for (let rung = rule.first; rung < epochs; rung = nextRung(rule, rung)) rungs.push(rung);
  return rungs;
}

/** The best merit up to a rung, as a trial's score is that of its best epoch; undefined if it hasn't come so far. */
export function scoreAt({ scores }: Pick<Curve, 'scores'>, rung: number): number | undefined {
  return scores.length < rung ? undefined : Math.max(...scores.slice(0, rung));
}

/** The same for those of several trials that have come so far, in their order. */
export function scoresAt(curves: readonly Pick<Curve, 'scores'>[], rung: number): number[] {
  return curves.flatMap((curve) => scoreAt(curve, rung) ?? []);
}

// --- helpers ---

function nextRung(rule: StoppingRule, rung: number): number {
  return rule.kind === 'median' ? rung + rule.every : rung * rule.factor;
}
