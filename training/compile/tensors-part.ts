import type { Graph, TypedOutput } from '../graph/graph.ts';
import type { Session } from '../graph/session.ts';
import { addVariable, assignCopy, type Variable } from '../graph/variables.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';

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
  const variables = new Map<string, Variable>();
  const newValues = new Map<string, TypedOutput>();
  const assigned = tensors.map(({ name, shape }) => {
    const variable = addVariable(graph, `${part}/${name}`, 'float32', shape);
    const newValue = graph.placeholder(`${variable.name}/new`, 'float32', shape);
    variables.set(name, variable);
    newValues.set(name, newValue);
    return assignCopy(graph, `${variable.name}/assign`, variable, newValue);
  });
  const set = graph.after(`${part}/set`, assigned);
  const values = [...variables.values()].map(({ value }) => value);
  return {
    variables,
    set(session, next) {
      const feeds = [...newValues].map(([name, to]) => {
        const { data } = next.get(name) as { data: Float32Array };
        return { to, values: data };
      });
      session.run(feeds, [set]);
    },
    read(session) {
      const read = session.run([], values) as Float32Array[];
      return new Map(
        tensors.map(({ name, shape }, index) => [name, { shape, data: read[index] as Float32Array }]),
      );
    },
  };
}
