import type { Graph, TypedOutput } from '../graph/graph.ts';
import type { Session } from '../graph/session.ts';
import { addVariable, assign, type Variable } from '../graph/variables.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { attribute } from '../tensorflow/tensorflow.ts';

/** Float32 tensors of a network or optimizer as variables of a graph. */
export interface TensorsInGraph {
  /** By the tensors' names. */
  variables: ReadonlyMap<string, Variable>;
  /** Sets all of them. */
  set(session: Session, tensors: NamedTensors): void;
  read(session: Session): NamedTensors;
}

/** @param part prefix of their names in the graph. */
export function addTensors(
  graph: Graph,
  part: string,
  tensors: readonly { name: string; shape: number[] }[],
): TensorsInGraph {
  const variables = new Map(
    tensors.map(({ name, shape }) => [name, addVariable(graph, `${part}/${name}`, 'float32', shape)]),
  );
  const newValues = new Map<string, TypedOutput>();
  const assigned = tensors.map(({ name, shape }) => {
    const variable = variables.get(name) as Variable;
    const newValue = graph.placeholder(`${variable.name}/new`, 'float32', shape);
    newValues.set(name, newValue);
    // A fed value may share its memory with JavaScript's array, which an update in place would overwrite.
    const type = attribute.type('T', 'float32');
    const copy = graph.add(`${variable.name}/copy`, 'DeepCopy', [newValue.output], [type]);
    return assign(graph, `${variable.name}/assign`, variable, copy);
  });
  const set = graph.after(`${part}/set`, assigned);
  const values = [...variables.values()].map(({ value }) => value);
  return {
    variables,
    set(session, next) {
      const feeds = [...next].map(([name, { shape, data }]) => {
        return { to: newValues.get(name) as TypedOutput, shape, values: data };
      });
      session.run(feeds, [set]);
    },
    read(session) {
      const read = session.run([], values);
      return new Map(
        tensors.map(({ name, shape }, index) => [name, { shape, data: read[index] as Float32Array }]),
      );
    },
  };
}
