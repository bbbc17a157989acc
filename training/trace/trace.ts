import type { ConstantTensor } from '../graph/graph.ts';
import {
  type Binding,
  backend,
  type DeviceTensors,
  type OpAttribute,
  type TensorHandle,
  tf,
  type Values,
} from '../tensorflow/tensorflow.ts';
import { NotTraceableError } from './not-traceable.ts';

/** The source of an operation's input: an input of the trace by name, or an output of an earlier entry. */
export type Source = { input: string } | { entry: number; output: number };

export type Entry =
  | { kind: 'constant'; tensor: ConstantTensor }
  | { kind: 'operation'; op: string; attributes: OpAttribute[]; inputs: Source[] };

/** The operations of a function of tensors, in the order in which they ran. */
export interface Trace {
  entries: Entry[];
  /** Sources of the function's results, by name. */
  outputs: Map<string, Source>;
}

/**
 * Runs a function once on the given tensors and traces every TensorFlow operation that it runs.
 *
 * @throws {NotTraceableError} if it reads a value into JavaScript, or uses a tensor that is no input and was created
 *   before. The message names the operation.
 */
export function trace(inputs: DeviceTensors, run: () => DeviceTensors): Trace {
  const { binding } = backend;
  const entries: Entry[] = [];
  const sources = new Map<number, Source>();
  const names = Object.keys(inputs);
  for (const [index, id] of backend.getInputTensorIds(Object.values(inputs)).entries()) {
    sources.set(id, { input: names[index] as string });
  }

  const createTensor = (shape: number[], type: number, values: Values): number => {
    const id = binding.createTensor(shape, type, values);
    entries.push({ kind: 'constant', tensor: { type, shape: [...shape], values: typed(type, values) } });
    sources.set(id, { entry: entries.length - 1, output: 0 });
    return id;
  };
  const executeOp = (
    op: string,
    attributes: OpAttribute[],
    ids: number[],
    outputs: number,
  ): TensorHandle[] => {
    const handles = binding.executeOp(op, attributes, ids, outputs);
    const from = ids.map((id, position) => sources.get(id) ?? unknownInput(op, position));
    entries.push({ kind: 'operation', op, attributes: [...attributes], inputs: from });
    for (const [output, { id }] of handles.entries()) sources.set(id, { entry: entries.length - 1, output });
    return handles;
  };
  const tensorDataSync = (id: number): Values => {
    const source = sources.get(id);
    const entry = source && 'entry' in source ? entries[source.entry] : undefined;
    const what = entry?.kind === 'operation' ? `the result of ${entry.op}` : 'an input or a constant';
    throw new NotTraceableError(
      `a step read ${what} into JavaScript, after ${entries.length} operations and constants; a traced step may use ` +
        'operations on tensors only',
    );
  };

  backend.binding = overriding(binding, { createTensor, executeOp, tensorDataSync });
  const outputs = new Map<string, Source>();
  try {
    tf.tidy(() => {
      for (const [name, tensor] of Object.entries(run())) {
        const [id] = backend.getInputTensorIds([tensor]);
        outputs.set(name, sources.get(id as number) ?? unknownInput(`the result ${name}`, 0));
        tensor.dispose();
      }
    });
  } finally {
    backend.binding = binding;
  }
  return { entries, outputs };
}

// --- helpers ---

/** The binding's own properties are read-only, so an object that inherits from it overrides them. */
function overriding(binding: Binding, methods: Partial<Binding>): Binding {
  const properties = Object.entries(methods).map(([name, value]) => [name, { value }]);
  return Object.create(binding, Object.fromEntries(properties));
}

function typed(type: number, values: Values): Values {
  const { binding } = backend;
  if (type === binding.TF_FLOAT) return Float32Array.from(values);
  return type === binding.TF_INT32 ? Int32Array.from(values) : Uint8Array.from(values);
}

function unknownInput(op: string, position: number): never {
  throw new NotTraceableError(
    `input ${position} of ${op} was created before tracing began and is not an input of the step; create it in the step`,
  );
}
