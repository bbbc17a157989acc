import { floatConstant } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import type { UpdateRule } from './update-rule.ts';

const RHO = 0.9;
const EPSILON = 1e-6;

/**
 * Adadelta, as in `torch.optim.Adadelta`:
 * s ← ρ·s + (1−ρ)·g², Δ = √(d + ε) / √(s + ε) · g, d ← ρ·d + (1−ρ)·Δ², w ← w − lr·Δ, from s = d = 0.
 */
export function adadelta(): UpdateRule {
  return {
    slots: ['square_avg', 'acc_delta'],
    addUpdate(graph, { name, variables, gradient, learningRate }) {
      const rho = graph.constant(floatConstant(RHO));
      const epsilon = graph.constant(floatConstant(EPSILON));
      return graph.add(
        name,
        'ResourceApplyAdadelta',
        [...variables, learningRate, rho, epsilon, gradient],
        [attribute.type('T', 'float32'), attribute.flag('use_locking', false)],
      );
    },
  };
}
