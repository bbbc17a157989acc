import { sizeOf } from '../../study/definition/network-shapes.ts';
import { floatConstant, type Graph, nodeOf, type Output } from '../graph/graph.ts';
import type { DenseRule, ParameterUpdate, UpdateRule } from '../optimizers/update-rule.ts';
import { interOpThreads } from '../tensorflow/device.ts';
import { attribute, backend } from '../tensorflow/tensorflow.ts';

/** A gradient xᵀ · dy. */
export interface Factors {
  /** [batch, in] */
  x: Output;
  /** [batch, out] */
  dy: Output;
}

/**
 * Adds the update of a parameter: by the operation DenseUpdate for the weights of a large dense layer, by TensorFlow's operations
 * for others, and on a GPU.
 *
 * @param shape of the parameter.
 * @returns outputs to wait for.
 */
export function addFastestUpdate(
  graph: Graph,
  rule: UpdateRule,
  update: ParameterUpdate,
  shape: readonly number[],
): Output[] {
  const factors = isLarge(shape) ? factorsOf(graph, update.gradient) : undefined;
  if (!rule.dense || !factors || backend.isUsingGpuDevice) return [rule.addUpdate(graph, update)];
  return addDenseUpdate(graph, update, factors, rule.dense);
}

/**
 * Adds the operation DenseUpdate (`training/native/`), which computes a gradient and the optimizer's update in one pass over the
 * weights. It changes the variables' memory in place: everything else that reads them has to run before it.
 *
 * @returns outputs to wait for. Each stands for a share of the rows, so that every thread has one.
 */
export function addDenseUpdate(
  graph: Graph,
  { name, parameter, slots, scalars }: Omit<ParameterUpdate, 'gradient'>,
  { x, dy }: Factors,
  rule: DenseRule,
): Output[] {
  const decay = graph.constant(floatConstant(rule.weightDecay ?? 0));
  const numbers = [decay, ...rule.numbers(graph, scalars)];
  const parts = interOpThreads() ?? 1;
  return Array.from({ length: parts }, (_, part) =>
    graph.add(
      `${name}/${part}`,
      'DenseUpdate',
      [parameter.value, ...slots.map(({ value }) => value), x, dy, ...numbers],
      [
        attribute.text('rule', rule.name),
        attribute.int('slot_count', slots.length),
        attribute.int('number_count', numbers.length),
        attribute.int('part', part),
        attribute.int('parts', parts),
      ],
    ),
  );
}

/** Whether a dense layer has operations of its own. @param shape of its weights. */
export function isLarge(shape: readonly number[]): boolean {
  return sizeOf(shape) >= SMALLEST;
}

// --- helpers ---

/** Number of values; see docs/measurements.md. */
const SMALLEST = 64 * 1024;

/** @returns undefined if the gradient isn't a dense layer's. */
function factorsOf(graph: Graph, gradient: Output): Factors | undefined {
  const node = graph.nodes.find(({ name }) => name === nodeOf(gradient));
  const transposed = node?.attributes.some(
    (each) => each.name === 'transpose_a' && 'value' in each && each.value === true,
  );
  if (node?.op !== 'MatMul' || !transposed) return undefined;
  const [x, dy] = node.inputs as [Output, Output];
  return { x, dy };
}
