import { floatConstant } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { handles, learningRateAlone, scalarsThen, type UpdateRule } from './update-rule.ts';

const EPSILON = 1e-10;

/** Adagrad, as in `torch.optim.Adagrad`: s ← s + g², w ← w − lr·g / (√s + ε), from s = 0. */
export function adagrad(): Omit<UpdateRule, 'slots'> {
  return {
    ...learningRateAlone,
    dense: { name: 'adagrad', numbers: scalarsThen(EPSILON) },
    addUpdate: (graph, update) =>
      graph.add(
        update.name,
        // The second version has ε; the first divides by √s alone.
        'ResourceApplyAdagradV2',
        [...handles(update), ...update.scalars, graph.constant(floatConstant(EPSILON)), update.gradient],
        [
          attribute.type('T', 'float32'),
          attribute.flag('use_locking', false),
          attribute.flag('update_slots', true),
        ],
      ),
  };
}
