import { floatConstant } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { handles, learningRateAlone, scalarsThen, type UpdateRule } from './update-rule.ts';

/**
 * SGD with momentum, as in `torch.optim.SGD`: v ← μ·v + g, w ← w − lr·v, from v = 0.
 *
 * The learning rate applies to the velocity v, not to the gradient that is added to it.
 */
export function sgd({ momentum }: { momentum: number }): Omit<UpdateRule, 'slots'> {
  return {
    ...learningRateAlone,
    dense: { name: 'sgd', numbers: scalarsThen(momentum) },
    addUpdate: (graph, update) =>
      graph.add(
        update.name,
        'ResourceApplyMomentum',
        [...handles(update), ...update.scalars, update.gradient, graph.constant(floatConstant(momentum))],
        [
          attribute.type('T', 'float32'),
          attribute.flag('use_locking', false),
          attribute.flag('use_nesterov', false),
        ],
      ),
  };
}
