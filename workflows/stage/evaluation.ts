import { asTrained } from '../../study/plan/epochs.ts';
import { searchTrial } from '../../study/plan/plan.ts';
import { asRuns, runSeed } from '../../study/plan/runs.ts';
import type { Values } from '../../study/search/space.ts';
import { asSuggestion } from '../../study/search/suggestion.ts';
import type { Evaluation, MadeTrial, SearchPlan } from './stage-input.ts';

/**
 * What a search trains for a suggestion.
 *
 * @param number of the evaluation, from 0.
 */
export function evaluationOf(
  plan: SearchPlan,
  values: Values,
  number: number,
  portion: { from: number; count: number },
): Evaluation {
  const { spec, profile } = plan;
  const suggestion = asSuggestion(values);
  const planned = searchTrial(plan.start, suggestion, profile, number, plan.networks);
  const { network: chosen, ...settings } = suggestion;
  const initialWeights = chosen === undefined ? spec.initialWeights : plan.initialWeights[chosen];
  const drawn = { ...asTrained(settings, profile), ...(chosen !== undefined && { network: chosen }) };
  const runs = asRuns(planned, plan.repeats).map(({ name, config, run }): MadeTrial => {
    const seed = runSeed(spec.seed, run?.index ?? 0);
    return {
      name,
      ...(run && { candidate: run.candidate }),
      spec: { ...spec, config, seed, initialWeights: initialWeights ?? spec.initialWeights },
      of: null,
      suggestion,
      drawn,
    };
  });
  const [{ spec: first }] = runs as [MadeTrial];
  return { spec: first, runs, evaluation: { number, portion } };
}
