import type { TrainEnd } from '../../activities/train.ts';
import type { Rung } from '../../study/search/stopping/rung.ts';
import { haltedAt, scoresAtRungs } from '../../study/search/stopping/rung.ts';
import type { TrialSpec } from '../../study/trial/trial.ts';
import { trialKey } from '../../study/trial/trial-key.ts';

/**
 * How a training ends: at a rung, if one of them halts it.
 *
 * @param accuracies after each epoch, percent; the last is the score.
 * @param isStored whether the store has the result, so that no rung halts it.
 */
export function endOfTraining(
  { spec, rungs }: { spec: TrialSpec; rungs?: readonly Rung[] },
  accuracies: readonly number[],
  isStored = false,
): TrainEnd {
  const key = trialKey(spec);
  const halt = isStored ? undefined : rungs && haltedAt(rungs, accuracies);
  const reached = rungs?.filter(({ epoch }) => epoch <= (halt?.epoch ?? Number.POSITIVE_INFINITY)) ?? [];
  const rungScores = scoresAtRungs(reached, accuracies);
  if (halt) return { status: 'halted', trialKey: key, rungScores };
  const result = {
    trialKey: key,
    outcome: 'completed' as const,
    score: accuracies.at(-1) as number,
    bestEpoch: spec.config.epochs,
    reused: isStored,
    message: null,
  };
  return { status: 'trained', result, ...(rungs && { rungScores }) };
}
