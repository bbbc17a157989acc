import { type Graph, int32Constant, type Output } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { NotTraceableError } from './not-traceable.ts';
import type { OpenEntry, OpenTrace } from './open-batch.ts';
import type { Source } from './trace.ts';

/** Operations with a variable number of inputs, which an attribute counts, and how many other inputs follow. */
const COUNTED: Record<string, number> = { AddN: 0, Pack: 0, ConcatV2: 1 };

/**
 * Adds a trace's operations to a graph.
 *
 * @param prefix of the nodes' names.
 * @param inputs the graph's outputs for the trace's inputs, by name.
 * @param batchShape int32 [1]: the batch size.
 * @returns the graph's outputs for the trace's results, by name.
 */
export function writeTrace(
  graph: Graph,
  prefix: string,
  trace: OpenTrace,
  inputs: ReadonlyMap<string, Output>,
  batchShape: Output,
): Map<string, Output> {
  const written: Output[] = [];
  const place = (source: Source): Output => {
    if ('input' in source) return inputs.get(source.input) ?? missing(source.input);
    const first = written[source.entry] as Output;
    return source.output === 0 ? first : `${first.slice(0, -1)}${source.output}`;
  };
  for (const [index, entry] of trace.entries.entries()) written.push(write(entry, index));
  return new Map([...trace.outputs].map(([name, source]) => [name, place(source)]));

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

  /** A shape for Reshape, which infers the batch size from −1: it stays a constant. */
  function inferred(source: Source): Output | undefined {
    const entry = 'entry' in source ? trace.entries[source.entry] : undefined;
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
  throw new NotTraceableError(`expected the graph to have the input ${input} of a traced step, got none`);
}
