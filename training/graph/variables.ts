import { attribute, type TypeName } from '../tensorflow/tensorflow.ts';
import type { Graph, Output } from './graph.ts';

/** A variable of a graph, kept from run to run. */
export interface Variable {
  name: string;
  /** The resource that operations which change it take. */
  handle: Output;
  /** Its value at the start of a run. */
  value: Output;
}

/** Its value is undefined until something is assigned to it. */
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
  return { name, handle, value };
}

/** @returns an output of the node, to wait for with `Graph.after`. */
export function assign(
  graph: Graph,
  name: string,
  type: TypeName,
  variable: Variable,
  value: Output,
): Output {
  return graph.add(name, 'AssignVariableOp', [variable.handle, value], [attribute.type('dtype', type)]);
}

export function assignAdd(graph: Graph, name: string, variable: Variable, value: Output): Output {
  const type = attribute.type('dtype', 'float32');
  return graph.add(name, 'AssignAddVariableOp', [variable.handle, value], [type]);
}
