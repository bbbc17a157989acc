import { floatConstant } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import type { UpdateRule } from './update-rule.ts';

/** A rule whose gradients grow by λ·w before anything else, as PyTorch's optimizers do with `weight_decay`. */
export function withWeightDecay<Rule extends Omit<UpdateRule, 'slots'>>(
  rule: Rule,
  weightDecay: number,
): Rule {
  return {
    ...rule,
    ...(rule.dense && { dense: { ...rule.dense, weightDecay } }),
    addUpdate(graph, update) {
      const { name, parameter, gradient } = update;
      const float = [attribute.type('T', 'float32')];
      const factor = graph.constant(floatConstant(weightDecay));
      const decay = graph.add(`${name}/decay`, 'Mul', [parameter.value, factor], float);
      const sum = graph.add(`${name}/gradient`, 'AddV2', [gradient, decay], float);
      return rule.addUpdate(graph, { ...update, gradient: sum });
    },
  };
}
