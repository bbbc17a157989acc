import type { ConstantTensor } from '../graph/graph.ts';
import { backend } from '../tensorflow/tensorflow.ts';
import { NotRecordableError } from './not-traceable.ts';
import type { Entry, Recording, Source } from './trace.ts';

/** A recording that holds for batches of any size. */
export interface OpenRecording {
  entries: OpenEntry[];
  outputs: Map<string, Source>;
}

export type OpenEntry =
  | Entry
  /** A shape that has the size of the batch at one place, or a multiple of it. */
  | { kind: 'shape'; before: number[]; multiple: number; after: number[] };

/**
 * Frees a recording from the size of its batch: whatever differs between two recordings of the same function, at
 * different sizes, depends on it.
 *
 * @throws NotRecordableError, naming the operation, where that is anything but a shape with the batch size, or a multiple
 *   of it, in one place.
 */
export function openBatch(
  first: { recording: Recording; batchSize: number },
  second: { recording: Recording; batchSize: number },
): OpenRecording {
  const others = second.recording.entries;
  const { entries, outputs } = first.recording;
  if (entries.length !== others.length) {
    throw new NotRecordableError(
      `a step ran ${entries.length} operations for ${first.batchSize} images and ${others.length} for ` +
        `${second.batchSize}; it must run the same ones whatever their number`,
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
      throw new NotRecordableError(
        `${describe(entries, index)} depends on the number of images in a way other than by a shape; ` +
          'use operations that take it from a tensor',
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

/** Of a constant, also who takes it. */
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
