import { condition } from '@temporalio/workflow';
import { asTrained } from '../../study/plan/epochs.ts';
import { searchTrial } from '../../study/plan/plan.ts';
import { asRuns, runSeed } from '../../study/plan/runs.ts';
import { trialsAtOnce } from '../../study/search/trials-at-once.ts';
import { suggest } from '../activities.ts';
import { all } from '../children.ts';
import type { MadeTrial, SearchPlan } from './stage-input.ts';
import type { StageTrials } from './stage-trials.ts';

/** Hands all trials of a search to the queue, or as many lines of trials side by side as are allowed. */
export async function runSearch(plan: SearchPlan, trials: StageTrials): Promise<void> {
  const waiting = await drawn(plan);
  const lines = trialsAtOnce(plan);
  if (lines === plan.evaluations) return trials.trainAll(waiting);
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

async function drawn(plan: SearchPlan): Promise<MadeTrial[]> {
  const { space, evaluations, start: from, spec, profile, repeats } = plan;
  const suggestions = await suggest({ space, seed: spec.seed, count: evaluations });
  return suggestions.flatMap((suggestion, index) =>
    asRuns(searchTrial(from, suggestion, profile, index), repeats).map(
      ({ name, config, run }): MadeTrial => ({
        name,
        ...(run && { candidate: run.candidate }),
        spec: { ...spec, config, seed: runSeed(spec.seed, run?.index ?? 0) },
        of: null,
        suggestion,
        drawn: asTrained(suggestion, profile),
      }),
    ),
  );
}
