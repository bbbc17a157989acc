import { attribute, type TypeName } from '../tensorflow/tensorflow.ts';
import type { Graph, Output, TypedOutput } from './graph.ts';

/** A variable of a graph. It keeps its value between calls of `Session.run`. */
export interface Variable {
  name: string;
  type: TypeName;
  shape: readonly number[];
  /** The resource that operations on the variable take. */
  handle: Output;
  /** Its value at the start of a call. */
  value: Output;
}

/** The variable's value is undefined until the first assignment. */
export function addVariable(graph: Graph, name: string, type: TypeName, shape: readonly number[]): Variable {
  const handle = graph.add(
    name,
    'VarHandleOp',
    [],
    [
      attribute.type('dtype', type),
      { name: 'shape', shape },
      attribute.text('shared_name', name),
      attribute.text('container', ''),
    ],
  );
  const value = graph.add(`${name}/value`, 'ReadVariableOp', [handle], [attribute.type('dtype', type)]);
  return { name, type, shape, handle, value };
}

/** @returns an output of the node, to wait for with `Graph.after`. */
export function assign(graph: Graph, name: string, { handle, type }: Variable, value: Output): Output {
  return graph.add(name, 'AssignVariableOp', [handle, value], [attribute.type('dtype', type)]);
}

/**
 * Assigns a fed value. It may share its memory with JavaScript's array, which an update in place would overwrite, so the
 * variable takes a copy.
 *
 * @returns an output of the node, to wait for with `Graph.after`.
 */
export function assignCopy(
  graph: Graph,
  name: string,
  variable: Variable,
  { output, type }: TypedOutput,
): Output {
  const copy = graph.add(`${name}/copy`, 'DeepCopy', [output], [attribute.type('T', type)]);
  return assign(graph, name, variable, copy);
}

/** @returns an output of the node, to wait for with `Graph.after`. */
export function assignAdd(graph: Graph, name: string, { handle, type }: Variable, value: Output): Output {
  return graph.add(name, 'AssignAddVariableOp', [handle, value], [attribute.type('dtype', type)]);
}
