import type { ConstantTensor } from '../graph/graph.ts';
import { backend } from '../tensorflow/tensorflow.ts';
import { NotTraceableError } from './not-traceable.ts';
import type { Entry, Source, Trace } from './trace.ts';

/** A trace for batches of any size. */
export interface OpenTrace {
  entries: OpenEntry[];
  outputs: Map<string, Source>;
}

export type OpenEntry =
  | Entry
  /** A shape with the batch size, or a multiple of it, in one place. */
  | { kind: 'shape'; before: number[]; multiple: number; after: number[] };

/**
 * Makes a trace independent of its batch size, by comparing two traces of the same function with different batch sizes:
 * whatever differs depends on the size.
 *
 * @throws {NotTraceableError} if anything differs except shapes with the batch size, or a multiple of it, in one place.
 *   The message names the operation.
 */
export function openBatch(
  first: { trace: Trace; batchSize: number },
  second: { trace: Trace; batchSize: number },
): OpenTrace {
  const others = second.trace.entries;
  const { entries, outputs } = first.trace;
  if (entries.length !== others.length) {
    throw new NotTraceableError(
      `a step ran ${entries.length} operations for ${first.batchSize} images and ${others.length} for ` +
        `${second.batchSize}; it must run the same operations for any number of images`,
    );
  }
  return {
    outputs,
    entries: entries.map((entry, index): OpenEntry => {
      const other = others[index] as Entry;
      if (same(entry, other)) return entry;
      const open =
        entry.kind === 'constant' && other.kind === 'constant'
          ? openShape(entry.tensor, other.tensor, first.batchSize, second.batchSize)
          : undefined;
      if (open) return open;
      throw new NotTraceableError(
        `${describe(entries, index)} depends on the number of images, and not as a shape; use operations that take the ` +
          'number from a tensor',
      );
    }),
  };
}

// --- helpers ---

function same(a: Entry, b: Entry): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function openShape(
  a: ConstantTensor,
  b: ConstantTensor,
  sizeA: number,
  sizeB: number,
): OpenEntry | undefined {
  if (a.type !== backend.binding.TF_INT32 || a.shape.length !== 1 || a.values.length !== b.values.length)
    return;
  const differing = [...a.values.keys()].filter((index) => a.values[index] !== b.values[index]);
  const [at] = differing;
  if (at === undefined || differing.length > 1) return;
  const multiple = (a.values[at] as number) / sizeA;
  if (!Number.isInteger(multiple) || b.values[at] !== multiple * sizeB) return;
  return { kind: 'shape', before: [...a.values.slice(0, at)], multiple, after: [...a.values.slice(at + 1)] };
}

/** An entry in words; for a constant, with the operation that takes it. */
function describe(entries: readonly Entry[], index: number): string {
  const entry = entries[index] as Entry;
  if (entry.kind === 'operation') return `an attribute of ${entry.op}`;
  const user = entries.find(
    (other) =>
      other.kind === 'operation' && other.inputs.some((input) => 'entry' in input && input.entry === index),
  );
  const op = user?.kind === 'operation' ? user.op : 'no operation';
  return `a constant of shape [${entry.tensor.shape.join(', ')}], taken by ${op},`;
}
