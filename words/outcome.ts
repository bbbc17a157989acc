import type { TrialStanding } from '../study/record/record.ts';
import { percent } from './numbers.ts';

type Ended = Pick<TrialStanding, 'status' | 'outcome'>;
type Marked = Pick<TrialStanding, 'takenOver' | 'reused' | 'override'>;
type Scored = Pick<TrialStanding, 'score' | 'bestEpoch'>;

/** How a trial ended, as a label: `completed`, `diverged`, `out of memory` or `skipped`. */
export function endInWords({ status, outcome }: Ended): string {
  if (status === 'skipped' || outcome === null) return 'skipped';
  return { completed: 'completed', diverged: 'diverged', outOfMemory: 'out of memory' }[outcome];
}

/** The same as the verb of a sentence about one or several trials: `ran out of memory`, `were skipped`. */
export function endAsVerb({ status, outcome }: Ended, trials = 1): string {
  if (status === 'skipped' || outcome === null) return trials === 1 ? 'was skipped' : 'were skipped';
  return { completed: 'completed', diverged: 'diverged', outOfMemory: 'ran out of memory' }[outcome];
}

/** A trial's result: `88.18 % (epoch 61)`, or how it ended without a score. */
export function resultInWords(standing: Ended & Scored): string {
  const { score, bestEpoch } = standing;
  return score === null ? endInWords(standing) : `${percent(score)} (epoch ${bestEpoch})`;
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
 * All of it, as a leaderboard in text shows it: `88.18 % (epoch 61), from the store`, or
 * `diverged: train_loss became NaN in epoch 1`.
 */
export function standingInWords(standing: Ended & Marked & Scored & Pick<TrialStanding, 'message'>): string {
  const parts = [resultInWords(standing), originInWords(standing), overrideInWords(standing)];
  const result = parts.filter((part) => part !== undefined).join(', ');
  return standing.message ? `${result}: ${standing.message}` : result;
}

/** A trial's place on a leaderboard: `1`, or `–` for a trial without a score. */
export function rankInWords({ score }: Pick<TrialStanding, 'score'>, index: number): string {
  return score === null ? '–' : String(index + 1);
}
