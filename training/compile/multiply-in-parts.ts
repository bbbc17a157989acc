import { type Graph, type GraphNode, nodeOf, type Output } from '../graph/graph.ts';
import { attribute, type OpAttribute } from '../tensorflow/tensorflow.ts';
import { axisConstant, concatTypes, type StoredTensor, split } from './stored-tensor.ts';

/**
 * Lets matrix products take a matrix W that is stored in parts from these parts, instead of a copy that concatenates them:
 *
 * - x · W becomes the sum of x_k · W_k, where x_k are the columns of x that meet the rows of the part W_k;
 * - W · dyᵀ becomes the products W_k · dyᵀ, one below the other.
 */
export function multiplyInParts(graph: Graph, weights: Iterable<StoredTensor>): void {
  for (const tensor of weights) {
    if (tensor.parts.length === 1) continue;
    for (const node of graph.nodes.filter(({ op }) => op === 'MatMul')) {
      if (node.inputs[0] === tensor.value) productsBelowOneAnother(graph, node, tensor);
      else if (node.inputs[1] === tensor.value) sumOfProducts(graph, node, tensor);
    }
  }
}

/**
 * The gradient of each part of a tensor.
 *
 * @param gradient of the complete tensor: xᵀ · dy, of which each part needs only its own rows, or any other operation.
 */
export function gradientsOfParts(graph: Graph, gradient: Output, { parts }: StoredTensor): Output[] {
  if (parts.length === 1) return [gradient];
  const rows = parts.map(({ shape }) => shape[0] as number);
  const node = graph.nodes.find(({ name }) => name === nodeOf(gradient));
  if (node?.op !== 'MatMul' || !flag(node, 'transpose_a')) {
    return split(graph, `${nodeOf(gradient)}/rows`, gradient, rows, 0);
  }
  const [x, dy] = node.inputs as [Output, Output];
  return columns(graph, x, rows).map((part, index) =>
    graph.add(`${node.name}/${index}`, 'MatMul', [part, dy], node.attributes),
  );
}

// --- helpers ---

function sumOfProducts(graph: Graph, node: GraphNode, { parts }: StoredTensor): void {
  const { name, attributes } = node;
  const rows = parts.map(({ shape }) => shape[0] as number);
  const xs = columns(graph, node.inputs[0] as Output, rows);
  const products = parts.map(({ variable }, index) =>
    graph.add(`${name}/${index}`, 'MatMul', [xs[index] as Output, variable.value], attributes),
  );
  become(node, 'AddN', products, [attribute.type('T', 'float32'), attribute.int('N', products.length)]);
}

function productsBelowOneAnother(graph: Graph, node: GraphNode, { parts }: StoredTensor): void {
  const { name, attributes, inputs } = node;
  const products = parts.map(({ variable }, index) =>
    graph.add(`${name}/${index}`, 'MatMul', [variable.value, inputs[1] as Output], attributes),
  );
  become(node, 'ConcatV2', [...products, axisConstant(graph, 0)], concatTypes(products.length));
}

/** The columns of a matrix in groups of the given sizes, which the forward and the backward pass share. */
function columns(graph: Graph, matrix: Output, sizes: number[]): Output[] {
  const name = `${nodeOf(matrix)}/columns-${matrix.slice(matrix.lastIndexOf(':') + 1)}-by-${sizes[0]}`;
  if (graph.nodes.some((node) => node.name === name)) return sizes.map((_, index) => `${name}:${index}`);
  return split(graph, name, matrix, sizes, 1);
}

/** Replaces the operation of a node, so that whoever takes its output takes that of the new operation. */
function become(node: GraphNode, op: string, inputs: Output[], attributes: OpAttribute[]): void {
  Object.assign(node, { op, inputs, attributes });
}

function flag({ attributes }: GraphNode, name: string): boolean {
  return attributes.some((each) => each.name === name && 'value' in each && each.value === true);
}
