import { type Graph, int32Constant, type Output } from '../graph/graph.ts';
import { addVariable, type Variable } from '../graph/variables.ts';
import { attribute } from '../tensorflow/tensorflow.ts';

/** A float32 tensor of a graph: one variable, or several that each hold some of its rows. */
export interface StoredTensor {
  /** In the order of their rows. */
  parts: readonly TensorPart[];
  /** The complete value. If there are several parts, whoever takes it copies them all. */
  value: Output;
}

export interface TensorPart {
  variable: Variable;
  shape: number[];
  /** Position of its first value in the complete tensor. */
  start: number;
}

/**
 * Adds a tensor. A large matrix is stored in parts, each of which stays in a processor's cache from its gradient to the
 * end of its update.
 */
export function addStoredTensor(graph: Graph, name: string, shape: number[]): StoredTensor {
  const [rows = 1, columns = 1] = shape;
  const rowsOfPart = Math.max(1, Math.floor(PART_BYTES / (4 * columns)));
  if (shape.length !== 2 || 4 * rows * columns <= LARGEST_WHOLE_BYTES) {
    const variable = addVariable(graph, name, 'float32', shape);
    return { parts: [{ variable, shape, start: 0 }], value: variable.value };
  }
  const parts: TensorPart[] = [];
  for (let row = 0; row < rows; row += rowsOfPart) {
    const part = [Math.min(rowsOfPart, rows - row), columns];
    const variable = addVariable(graph, `${name}/rows-${row}`, 'float32', part);
    parts.push({ variable, shape: part, start: row * columns });
  }
  const values = parts.map(({ variable }) => variable.value);
  return { parts, value: concatenated(graph, `${name}/value`, values, 0) };
}

/** Concatenates matrices: one below the other if `axis` is 0, side by side if it is 1. */
export function concatenated(graph: Graph, name: string, matrices: Output[], axis: 0 | 1): Output {
  return graph.add(name, 'ConcatV2', [...matrices, axisConstant(graph, axis)], concatTypes(matrices.length));
}

/** Splits a matrix into parts with the given numbers of rows if `axis` is 0, or of columns if it is 1. */
export function split(graph: Graph, name: string, matrix: Output, sizes: number[], axis: 0 | 1): Output[] {
  const inputs = [matrix, graph.constant(int32Constant(sizes)), axisConstant(graph, axis)];
  const types = [attribute.type('T', 'float32'), attribute.type('Tlen', 'int32')];
  graph.add(name, 'SplitV', inputs, [...types, attribute.int('num_split', sizes.length)]);
  return sizes.map((_, index) => `${name}:${index}`);
}

/** The attributes of ConcatV2. */
export function concatTypes(count: number) {
  return [attribute.type('T', 'float32'), attribute.type('Tidx', 'int32'), attribute.int('N', count)];
}

export function axisConstant(graph: Graph, axis: 0 | 1): Output {
  return graph.constant({ ...int32Constant([axis]), shape: [] });
}

// --- helpers ---

/** Measured: see docs/measurements.md. A smaller matrix and its gradient stay in the shared cache as a whole. */
const LARGEST_WHOLE_BYTES = 8 * 1024 * 1024;
/** A part and its gradient stay in a core's own cache, or nearly. */
const PART_BYTES = 2 * 1024 * 1024;
