import type { Retrained, TrialStanding } from '../study/record/record.ts';
import { type Measured, measuredBy } from '../study/trial/measure.ts';
import { differenceInWords, scoreInWords } from './measure.ts';
import { plural } from './numbers.ts';

type Ended = Pick<TrialStanding, 'status' | 'outcome' | 'stopped' | 'measure'>;
type Marked = Pick<TrialStanding, 'takenOver' | 'reused' | 'override' | 'retrained'>;
type Scored = Pick<TrialStanding, 'score' | 'bestEpoch'>;
type Compared = Pick<TrialStanding, 'retrained' | 'takenOver'>;

/** How a trial ended, as a label: `completed`, `diverged`, `out of memory`, `skipped` or `stopped at epoch 4 with 43.20 %`. */
export function endInWords({ status, outcome, stopped, measure }: Ended): string {
  if (stopped) return `stopped at epoch ${stopped.epoch} with ${scoreInWords(stopped.score, measure)}`;
  if (status === 'skipped' || outcome === null) return 'skipped';
  return { completed: 'completed', diverged: 'diverged', outOfMemory: 'out of memory' }[outcome];
}

/** The same as the verb of a sentence about one or several trials: `ran out of memory`, `were skipped`. */
export function endAsVerb({ status, outcome }: Ended, trials = 1): string {
  if (status === 'stopped') return trials === 1 ? 'was stopped early' : 'were stopped early';
  if (status === 'skipped' || outcome === null) return trials === 1 ? 'was skipped' : 'were skipped';
  return { completed: 'completed', diverged: 'diverged', outOfMemory: 'ran out of memory' }[outcome];
}

/** A trial's result: `88.18 % (epoch 61)`, `loss 0.4312 (epoch 61)`, or how it ended without a score. */
export function resultInWords(standing: Ended & Scored): string {
  const { score, bestEpoch, measure } = standing;
  return score === null ? endInWords(standing) : `${scoreInWords(score, measure)} (epoch ${bestEpoch})`;
}

/**
 * A candidate's score over its runs: `71.20 % on average over 3 runs, deviation 0.40 points`.
 *
 * @param all how many runs there are, if some have no score.
 */
export function meanInWords(
  { score, deviation, runs, measure }: { score: number; deviation: number | null; runs: number } & Measured,
  all = runs,
): string {
  const over = all === runs ? plural(runs, 'run') : `${runs} of ${plural(all, 'run')}`;
  const mean = `${scoreInWords(score, measure)} on average over ${over}`;
  return deviation === null ? mean : `${mean}, deviation ${differenceInWords(deviation, measure)}`;
}

/** A stage's winner: its score, over its runs if there are several. */
export function winnersScoreInWords(
  winner: { score: number; runs?: number; deviation?: number } & Measured,
): string {
  const { score, runs = 1, deviation = null, measure } = winner;
  if (runs === 1) return scoreInWords(score, measure);
  return meanInWords({ score, deviation, runs, ...measuredBy(measure) });
}

/** How a trial got its result, if it wasn't simply trained for this stage. */
export function originInWords({ takenOver, reused }: Marked): string | undefined {
  if (takenOver) return 'taken over';
  return reused ? 'from the store' : undefined;
}

/** Which settings a person changed when the trial was retried, if any: `changed on retry: batchSize 16`. */
export function overrideInWords({ override }: Marked): string | undefined {
  if (override === null) return undefined;
  const changes = Object.entries(override).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return `changed on retry: ${changes.join(', ') || 'nothing'}`;
}

/**
 * How a trial that was trained again compares with its earlier result: `retrained, bit-identical`. A trial that is taken
 * over was compared in its own stage.
 */
export function retrainedInWords({ retrained, takenOver }: Compared): string | undefined {
  if (!retrained || takenOver) return undefined;
  const { sameWeights, firstDifferentEpoch, sameEnvironment } = retrained;
  if (isBitIdentical(retrained)) return 'retrained, bit-identical';
  const where =
    firstDifferentEpoch === null ? 'only the weights differ' : `differs from epoch ${firstDifferentEpoch}`;
  const weights = firstDifferentEpoch !== null && sameWeights ? ', the weights are equal' : '';
  const elsewhere = sameEnvironment ? '' : ', on another device, build or number of threads';
  return `retrained, ${where}${weights}${elsewhere}`;
}

export function isBitIdentical({ sameWeights, firstDifferentEpoch }: Retrained): boolean {
  return sameWeights !== false && firstDifferentEpoch === null;
}

/** How the retrained trials among these compare with their earlier results; undefined if there are none. */
export function retrainedSummary(
  trials: readonly (Compared & Pick<TrialStanding, 'name'>)[],
): string | undefined {
  const compared = trials.filter(({ retrained, takenOver }) => retrained && !takenOver);
  if (compared.length === 0) return undefined;
  const different = compared.filter(({ retrained }) => retrained && !isBitIdentical(retrained));
  if (different.length === 0) return `${plural(compared.length, 'trial')}, bit-identical to earlier results`;
  const list = different.map(
    (trial) => `${trial.name} (${retrainedInWords(trial)?.replace('retrained, ', '')})`,
  );
  return `${different.length} of ${plural(compared.length, 'trial')} not bit-identical to earlier results: ${list.join('; ')}`;
}

/**
 * All of it, as a leaderboard in text shows it: `88.18 % (epoch 61), from the store`, or
 * `diverged: train_loss became NaN in epoch 1`.
 */
export function standingInWords(standing: Ended & Marked & Scored & Pick<TrialStanding, 'message'>): string {
  const parts = [
    resultInWords(standing),
    originInWords(standing),
    retrainedInWords(standing),
    overrideInWords(standing),
  ];
  const result = parts.filter((part) => part !== undefined).join(', ');
  return standing.message ? `${result}: ${standing.message}` : result;
}

/** A trial's place on a leaderboard: `1`, or `–` for a trial without a score. */
export function rankInWords({ score }: Pick<TrialStanding, 'score'>, index: number): string {
  return score === null ? '–' : String(index + 1);
}
