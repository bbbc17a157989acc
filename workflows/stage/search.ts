import { condition } from '@temporalio/workflow';
import { asTrained } from '../../study/plan/epochs.ts';
import { searchTrial } from '../../study/plan/plan.ts';
import { stoppingAsTrained } from '../../study/plan/stopping.ts';
import { trialsAtOnce } from '../../study/search/trials-at-once.ts';
import { suggest } from '../activities.ts';
import { all } from '../children.ts';
import { earlyStopping } from './early-stopping.ts';
import type { MadeTrial, SearchPlan } from './stage-input.ts';
import type { StageTrials } from './stage-trials.ts';

/**
 * Hands all trials of a search to the queue, or as many lines of trials side by side as are allowed. A search that compares a
 * round with those before it trains one round after another.
 */
export async function runSearch(plan: SearchPlan, trials: StageTrials): Promise<void> {
  const waiting = await drawn(plan);
  const rule = stoppingAsTrained(plan, plan.profile);
  const stopping =
    rule && earlyStopping<MadeTrial>(rule, { train: (trial) => trials.trainAll([trial]), tell: trials.tell });
  const size = rule?.kind === 'median' ? (plan.parallel ?? ROUND) : waiting.length;
  while (waiting.length > 0) {
    const round = waiting.splice(0, size);
    await trainRound(stopping?.begin(round) ?? round);
  }
  await stopping?.end();

  async function trainRound(round: MadeTrial[]): Promise<void> {
    const lines = Math.min(trialsAtOnce(plan), round.length);
    if (lines === round.length) return trials.trainAll(round);
    const trained: Promise<void>[] = [];
    /** Starts the next trial when the one before has ended, parked, or halted at a rung. */
    const line = async () => {
      for (let trial = round.shift(); trial; trial = round.shift()) {
        const { name } = trial;
        const ended = trials.trainAll([trial]);
        trained.push(ended);
        const isFree = () => trials.isParked(name) || stopping?.isHalted(name) === true;
        await Promise.race([ended, condition(isFree)]);
      }
    };
    await all(Array.from({ length: lines }, line));
    await all(trained);
  }
}

// --- helpers ---

const ROUND = 4;

async function drawn({ space, evaluations, start: from, spec, profile }: SearchPlan): Promise<MadeTrial[]> {
  const suggestions = await suggest({ space, seed: spec.seed, count: evaluations });
  return suggestions.map((suggestion, index) => {
    const { name, config } = searchTrial(from, suggestion, profile, index);
    return { name, spec: { ...spec, config }, of: null, suggestion, drawn: asTrained(suggestion, profile) };
  });
}
