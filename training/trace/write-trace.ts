import { type Graph, int32Constant, type Output } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { NotRecordableError } from './not-traceable.ts';
import type { OpenEntry, OpenRecording } from './open-batch.ts';
import type { Source } from './trace.ts';

/** Operations of any number of inputs, whose number must be told, and how many others follow those. */
const COUNTED: Record<string, number> = { AddN: 0, Pack: 0, ConcatV2: 1 };

/**
 * Adds a recording's operations to a graph.
 *
 * @param prefix of the names of its nodes.
 * @param inputs where the graph has what the recording names as its inputs.
 * @param batchShape an int32 output of one value, the batch's size.
 * @returns where the graph has the recording's results.
 */
export function writeRecording(
  graph: Graph,
  prefix: string,
  recording: OpenRecording,
  inputs: ReadonlyMap<string, Output>,
  batchShape: Output,
): Map<string, Output> {
  const written: Output[] = [];
  const place = (source: Source): Output => {
    if ('input' in source) return inputs.get(source.input) ?? missing(source.input);
    const first = written[source.entry] as Output;
    return source.output === 0 ? first : `${first.slice(0, -1)}${source.output}`;
  };
  for (const [index, entry] of recording.entries.entries()) written.push(write(entry, index));
  return new Map([...recording.outputs].map(([name, source]) => [name, place(source)]));

  function write(entry: OpenEntry, index: number): Output {
    if (entry.kind === 'constant') return graph.constant(entry.tensor);
    if (entry.kind === 'shape') return writeShape(graph, `${prefix}/${index}-shape`, entry, batchShape);
    const { op, attributes } = entry;
    const others = COUNTED[op];
    const count = others === undefined ? [] : [attribute.int('N', entry.inputs.length - others)];
    const name = `${prefix}/${index}-${op}`;
    const places = entry.inputs.map((source, at) =>
      op === 'Reshape' && at === 1 ? (inferred(source) ?? place(source)) : place(source),
    );
    return graph.add(name, op, places, [
      ...attributes.filter(({ name }) => name !== 'N' || !count.length),
      ...count,
    ]);
  }

  /** A shape that leaves the batch's size to be found, which Reshape can do and which stays a constant. */
  function inferred(source: Source): Output | undefined {
    const entry = 'entry' in source ? recording.entries[source.entry] : undefined;
    if (entry?.kind !== 'shape') return undefined;
    return graph.constant(int32Constant([...entry.before, -1, ...entry.after]));
  }
}

// --- helpers ---

function writeShape(
  graph: Graph,
  name: string,
  { before, multiple, after }: Extract<OpenEntry, { kind: 'shape' }>,
  batchShape: Output,
): Output {
  const int32 = attribute.type('T', 'int32');
  const size =
    multiple === 1
      ? batchShape
      : graph.add(`${name}/size`, 'Mul', [batchShape, graph.constant(int32Constant([multiple]))], [int32]);
  const parts = [before, size, after]
    .filter((part) => part.length > 0)
    .map((part) => (typeof part === 'string' ? part : graph.constant(int32Constant(part))));
  if (parts.length === 1) return size;
  const axis = graph.constant({ ...int32Constant([0]), shape: [] });
  return graph.add(
    name,
    'ConcatV2',
    [...parts, axis],
    [int32, attribute.type('Tidx', 'int32'), attribute.int('N', parts.length)],
  );
}

function missing(input: string): never {
  throw new NotRecordableError(`expected the graph to have the input ${input} of a recorded step, got none`);
}
