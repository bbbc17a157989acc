import { floatConstant } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { handles, learningRateAlone, scalarsThen, type UpdateRule } from './update-rule.ts';

const RHO = 0.9;
const EPSILON = 1e-6;

/**
 * Adadelta, as in `torch.optim.Adadelta`:
 * s ← ρ·s + (1−ρ)·g², Δ = √(d + ε) / √(s + ε) · g, d ← ρ·d + (1−ρ)·Δ², w ← w − lr·Δ, from s = d = 0.
 */
export function adadelta(): Omit<UpdateRule, 'slots'> {
  return {
    ...learningRateAlone,
    dense: { name: 'adadelta', numbers: scalarsThen(RHO, EPSILON) },
    addUpdate(graph, update) {
      const rho = graph.constant(floatConstant(RHO));
      const epsilon = graph.constant(floatConstant(EPSILON));
      return graph.add(
        update.name,
        'ResourceApplyAdadelta',
        [...handles(update), ...update.scalars, rho, epsilon, update.gradient],
        [attribute.type('T', 'float32'), attribute.flag('use_locking', false)],
      );
    },
  };
}
