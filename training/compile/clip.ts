import { floatConstant, type Graph, type Output } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';

/** As in PyTorch, so that a norm of 0 doesn't divide by 0. */
const EPSILON = 1e-6;

/**
 * Adds the scaling of gradients to a largest norm of all of them together, as `torch.nn.utils.clip_grad_norm_` does it:
 * g ← g · min(1, largest / (norm + 1e-6)).
 *
 * @returns the scaled gradients, in the same order.
 */
export function clipped(graph: Graph, gradients: readonly Output[], largest: number): Output[] {
  const float = [attribute.type('T', 'float32')];
  const constant = (value: number) => graph.constant(floatConstant(value));
  const halves = gradients.map((gradient, index) =>
    graph.add(`clip/half-${index}`, 'L2Loss', [gradient], float),
  );
  const half = graph.add('clip/half', 'AddN', halves, [...float, attribute.int('N', halves.length)]);
  const square = graph.add('clip/square', 'Mul', [half, constant(2)], float);
  const norm = graph.add('clip/norm', 'Sqrt', [square], float);
  const divisor = graph.add('clip/divisor', 'AddV2', [norm, constant(EPSILON)], float);
  const ratio = graph.add('clip/ratio', 'RealDiv', [constant(largest), divisor], float);
  const factor = graph.add('clip/factor', 'Minimum', [ratio, constant(1)], float);
  return gradients.map((gradient, index) =>
    graph.add(`clip/gradient-${index}`, 'Mul', [gradient, factor], float),
  );
}
