import { condition } from '@temporalio/workflow';
import { asTrained } from '../../study/plan/epochs.ts';
import { searchTrial } from '../../study/plan/plan.ts';
import { trialsAtOnce } from '../../study/search/trials-at-once.ts';
import { suggest } from '../activities.ts';
import { all } from '../children.ts';
import type { MadeTrial, SearchPlan } from './stage-input.ts';
import type { StageTrials } from './stage-trials.ts';

/** Hands all trials of a search to the queue, or as many lines of trials side by side as are allowed. */
export async function runSearch(plan: SearchPlan, trials: StageTrials): Promise<void> {
  const waiting = await drawn(plan);
  const lines = trialsAtOnce(plan);
  if (lines === waiting.length) return trials.trainAll(waiting);
  const trained: Promise<void>[] = [];
  /** Starts the next trial when the one before has ended or parked. */
  const line = async () => {
    for (let trial = waiting.shift(); trial; trial = waiting.shift()) {
      const { name } = trial;
      const ended = trials.trainAll([trial]);
      trained.push(ended);
      await Promise.race([ended, condition(() => trials.isParked(name))]);
    }
  };
  await all(Array.from({ length: lines }, line));
  await all(trained);
}

// --- helpers ---

async function drawn({ space, evaluations, start: from, spec, profile }: SearchPlan): Promise<MadeTrial[]> {
  const suggestions = await suggest({ space, seed: spec.seed, count: evaluations });
  return suggestions.map((suggestion, index) => {
    const { name, config } = searchTrial(from, suggestion, profile, index);
    return { name, spec: { ...spec, config }, of: null, suggestion, drawn: asTrained(suggestion, profile) };
  });
}
