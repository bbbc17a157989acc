import { sizeOf } from '../../study/definition/network-shapes.ts';
import type { Graph, TypedOutput } from '../graph/graph.ts';
import type { Session } from '../graph/session.ts';
import { assignCopy } from '../graph/variables.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { addStoredTensor, type StoredTensor, type TensorPart } from './stored-tensor.ts';

/** Float32 tensors of a network or optimizer as variables of a graph. */
export interface TensorsInGraph {
  /** By the tensors' names. */
  stored: ReadonlyMap<string, StoredTensor>;
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
  const stored = new Map(
    tensors.map(({ name, shape }) => [name, addStoredTensor(graph, `${part}/${name}`, shape)]),
  );
  const allParts = [...stored.values()].flatMap(({ parts }) => parts);
  const newValues = new Map<TensorPart, TypedOutput>();
  const assigned = allParts.map((each) => {
    const { variable, shape } = each;
    const newValue = graph.placeholder(`${variable.name}/new`, 'float32', shape);
    newValues.set(each, newValue);
    return assignCopy(graph, `${variable.name}/assign`, variable, newValue);
  });
  const set = graph.after(`${part}/set`, assigned);
  const values = allParts.map(({ variable }) => variable.value);
  return {
    stored,
    set(session, next) {
      const feeds = [...stored].flatMap(([name, { parts }]) => {
        const { data } = next.get(name) as { data: Float32Array };
        return parts.map((each) => ({
          to: newValues.get(each) as TypedOutput,
          values: data.subarray(each.start, each.start + sizeOf(each.shape)),
        }));
      });
      session.run(feeds, [set]);
    },
    read(session) {
      const read = session.run([], values) as Float32Array[];
      let next = 0;
      return new Map(
        tensors.map(({ name, shape }) => {
          const parts = (stored.get(name) as StoredTensor).parts.map(() => read[next++] as Float32Array);
          return [name, { shape, data: joined(parts) }];
        }),
      );
    },
  };
}

// --- helpers ---

function joined(parts: Float32Array[]): Float32Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
