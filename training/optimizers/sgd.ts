import { floatConstant } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import type { UpdateRule } from './update-rule.ts';

/**
 * SGD with momentum, as in `torch.optim.SGD`: v ← μ·v + g, w ← w − lr·v, from v = 0.
 *
 * The learning rate applies to the velocity v, not to the gradient that is added to it.
 */
export function sgd({ momentum }: { momentum: number }): UpdateRule {
  return {
    slots: ['momentum'],
    addUpdate: (graph, { name, variables, gradient, learningRate }) =>
      graph.add(
        name,
        'ResourceApplyMomentum',
        [...variables, learningRate, gradient, graph.constant(floatConstant(momentum))],
        [
          attribute.type('T', 'float32'),
          attribute.flag('use_locking', false),
          attribute.flag('use_nesterov', false),
        ],
      ),
  };
}
