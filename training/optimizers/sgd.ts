import { type Tensor, tf } from '../tensorflow/tensorflow.ts';
import type { UpdateRule } from './optimizer.ts';

/**
 * SGD with momentum as `torch.optim.SGD` has it: v ← μ·v + g, w ← w − lr·v. The learning rate is applied to the
 * velocity, not to the gradient that goes into it.
 */
export function sgd(momentum: number): UpdateRule {
  return {
    slots: ['momentum'],
    update(parameter, gradient, [velocity], learningRate) {
      const next = tf.add(tf.mul(velocity as Tensor, momentum), gradient);
      return { parameter: tf.sub(parameter, tf.mul(next, learningRate)), slots: [next] };
    },
  };
}
