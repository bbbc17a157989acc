import { assign } from '../graph/variables.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { adam, BETA1, BETA2 } from './adam.ts';
import { scalarsThen, type UpdateRule } from './update-rule.ts';

/**
 * AdamW, as in `torch.optim.AdamW`: w ← (1 − lr·λ)·w, then Adam (Loshchilov and Hutter, Decoupled Weight Decay Regularization,
 * 2019).
 */
export function adamw({ weightDecay }: { weightDecay: number }): Omit<UpdateRule, 'slots'> {
  const rule = adam();
  return {
    scalars: [...rule.scalars, 'kept'],
    scalarsAt: (learningRate, step) => [
      ...rule.scalarsAt(learningRate, step),
      1 - learningRate * weightDecay,
    ],
    dense: { name: 'adamw', numbers: scalarsThen(BETA1, BETA2) },
    addUpdate(graph, update) {
      const { name, parameter, scalars } = update;
      const kept = scalars.at(-1) as string;
      const float = [attribute.type('T', 'float32')];
      const shrunk = graph.add(`${name}/shrunk`, 'Mul', [parameter.value, kept], float);
      // The variable takes over the product's memory: nothing is copied.
      const assigned = assign(graph, `${name}/shrink`, parameter, shrunk);
      const updated = rule.addUpdate(graph, { ...update, scalars: scalars.slice(0, -1) });
      graph.waitFor(updated, assigned);
      return updated;
    },
  };
}
