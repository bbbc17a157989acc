import { floatConstant } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { handles, scalarsThen, type UpdateRule } from './update-rule.ts';

/** As the operation has them, so that its averages and the corrections below fit to the last bit. */
export const BETA1 = Math.fround(0.9);
export const BETA2 = Math.fround(0.999);
const EPSILON = 1e-8;

/**
 * Adam, as in `torch.optim.Adam`, from m = v = 0 (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015):
 * m ← β₁·m + (1−β₁)·g, v ← β₂·v + (1−β₂)·g², w ← w − lr / (1−β₁ᵗ) · m / (√v / √(1−β₂ᵗ) + ε) in step t.
 */
export function adam(): Omit<UpdateRule, 'slots'> {
  return {
    scalars: ['learningRate', 'epsilon'],
    dense: { name: 'adam', numbers: scalarsThen(BETA1, BETA2) },
    // TensorFlow adds ε to √v, PyTorch to √v / √(1−β₂ᵗ). Both are the same if ε and the rate are multiplied by √(1−β₂ᵗ).
    scalarsAt(learningRate, step) {
      const root = Math.sqrt(1 - power(BETA2, step));
      return [(learningRate * root) / (1 - power(BETA1, step)), EPSILON * root];
    },
    addUpdate(graph, update) {
      const [learningRate = '', epsilon = ''] = update.scalars;
      const constant = (value: number) => graph.constant(floatConstant(value));
      // The operation would correct the rate too. With powers of 0, it leaves it as it is.
      const powers = [constant(0), constant(0)];
      return graph.add(
        update.name,
        'ResourceApplyAdam',
        [
          ...handles(update),
          ...powers,
          learningRate,
          constant(BETA1),
          constant(BETA2),
          epsilon,
          update.gradient,
        ],
        [
          attribute.type('T', 'float32'),
          attribute.flag('use_locking', false),
          attribute.flag('use_nesterov', false),
        ],
      );
    },
  };
}

// --- helpers ---

/** base^exponent by multiplications alone: the last bit of `Math.pow` differs between versions of Node. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let [square, left] = [base, exponent]; left > 0; square *= square, left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
  }
  return result;
}
