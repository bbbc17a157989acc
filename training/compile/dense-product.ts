import { type Graph, type GraphNode, int32Constant } from '../graph/graph.ts';
import { interOpThreads } from '../tensorflow/device.ts';
import { attribute, backend } from '../tensorflow/tensorflow.ts';
import { isLarge } from './dense-update.ts';
import type { TensorsInGraph } from './tensors-part.ts';

/**
 * Lets the operation DenseProduct (`training/native/`) compute the products of a batch and the weights of a large dense layer. The
 * products of small and narrow layers stay TensorFlow's, and all on a GPU.
 */
export function useDenseProducts(graph: Graph, { variables }: Pick<TensorsInGraph, 'variables'>): void {
  if (backend.isUsingGpuDevice) return;
  const large = [...variables.values()].filter(
    ({ shape }) => isLarge(shape) && (shape.at(-1) ?? 0) >= NARROWEST,
  );
  const weights = new Set(large.map(({ value }) => value));
  for (const node of [...graph.nodes]) {
    if (node.op === 'MatMul' && weights.has(node.inputs[1] as string) && !transposes(node))
      replace(graph, node);
  }
}

// --- helpers ---

/** Number of outputs. The operation computes 32 or 64 at a time. */
const NARROWEST = 32;

function transposes({ attributes }: GraphNode): boolean {
  return attributes.some(
    ({ name, ...rest }) => name.startsWith('transpose') && 'value' in rest && rest.value,
  );
}

/** Every thread has a share of the columns. */
function replace(graph: Graph, node: GraphNode): void {
  const parts = interOpThreads() ?? 1;
  const attributes = (part: number) => [attribute.int('part', part), attribute.int('parts', parts)];
  if (parts === 1) {
    Object.assign(node, { op: 'DenseProduct', attributes: attributes(0) });
    return;
  }
  const shares = Array.from({ length: parts }, (_, part) =>
    graph.add(`${node.name}/${part}`, 'DenseProduct', node.inputs, attributes(part)),
  );
  const axis = graph.constant({ ...int32Constant([1]), shape: [] });
  Object.assign(node, {
    op: 'ConcatV2',
    inputs: [...shares, axis],
    attributes: [attribute.type('T', 'float32'), attribute.type('Tidx', 'int32'), attribute.int('N', parts)],
  });
}
