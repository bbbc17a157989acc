import type { Graph, Output } from '../graph/graph.ts';
import { weightsOf } from '../networks/network.ts';
import type { Batch, NetworkFunction } from '../networks/network-function.ts';
import { type DeviceTensors, type Tensor1D, type Tensor2D, tf } from '../tensorflow/tensorflow.ts';
import { type OpenTrace, openBatch } from '../trace/open-batch.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { writeTrace } from '../trace/write-trace.ts';

/** A function of a network's weights and a batch. It has no effects besides its results. */
export type NetworkProgram = (
  weights: DeviceTensors,
  batch: Batch,
  dropoutSeed: Tensor1D,
  /** [batch, draws] */
  draws: Tensor2D,
) => DeviceTensors;

export interface ProgramRequest {
  /** Prefix of the program's nodes. */
  part: string;
  network: NetworkFunction;
  program: NetworkProgram;
  /** How many numbers the augmentations draw for an image; 0 if there are none. */
  draws?: number;
  /** The graph's outputs for the program's inputs. A program needs only those that it uses. */
  inputs: {
    /** By name, each of the network's weights. */
    weights: ReadonlyMap<string, { value: Output }>;
    /** [batch, height, width, channels] or [batch, features], normalised. */
    x: Output;
    /** int32 [batch]. */
    labels?: Output;
    /** int32 [2]. */
    dropoutSeed?: Output;
    /** float32 [batch, draws]. */
    draws?: Output;
    /** int32 [1]: the batch size. */
    batchShape: Output;
  };
}

/**
 * Traces a program and adds it to a graph, for batches of any size.
 *
 * @returns a function that gives the graph's output for one of the program's results, by name. It throws if the program
 *   has no such result.
 * @throws {NotTraceableError} if the program can't be traced.
 */
export function addProgram(
  graph: Graph,
  { part, network, program, inputs, draws = 0 }: ProgramRequest,
): (result: string) => Output {
  const inputOutputs = new Map([...inputs.weights].map(([name, { value }]) => [name, value]));
  inputOutputs.set(X, inputs.x);
  if (inputs.labels) inputOutputs.set(LABELS, inputs.labels);
  if (inputs.dropoutSeed) inputOutputs.set(DROPOUT_SEED, inputs.dropoutSeed);
  if (inputs.draws) inputOutputs.set(DRAWS, inputs.draws);
  const results = writeTrace(
    graph,
    part,
    traceProgram(network, program, draws),
    inputOutputs,
    inputs.batchShape,
  );
  return (name) => {
    const output = results.get(name);
    if (output) return output;
    throw new Error(`${part}: expected one of the results ${[...results.keys()].join(', ')}, got "${name}"`);
  };
}

// --- helpers ---

/** Names of a trace's inputs besides the weights. */
const X = 'batch.x';
const LABELS = 'batch.labels';
const DROPOUT_SEED = 'batch.dropoutSeed';
const DRAWS = 'batch.draws';

/** Small, so that tracing needs little time and memory. Comparing two sizes shows what depends on the batch size. */
const TRACED_BATCH_SIZES = [2, 3] as const;

function traceProgram(network: NetworkFunction, program: NetworkProgram, draws: number): OpenTrace {
  const [first, second] = TRACED_BATCH_SIZES;
  return openBatch(
    { batchSize: first, trace: traceOnZeros(network, program, draws, first) },
    { batchSize: second, trace: traceOnZeros(network, program, draws, second) },
  );
}

function traceOnZeros(
  network: NetworkFunction,
  program: NetworkProgram,
  draws: number,
  batchSize: number,
): Trace {
  const inputs = tf.tidy(() => ({
    ...Object.fromEntries(weightsOf(network).map(({ name, shape }) => [name, tf.fill(shape, 0)])),
    [X]: tf.fill([batchSize, ...network.input.shape], 0),
    [LABELS]: tf.fill([batchSize], 0, 'int32'),
    [DROPOUT_SEED]: tf.fill([2], 0, 'int32'),
    [DRAWS]: tf.fill([batchSize, draws], 0),
  }));
  const { [X]: x, [LABELS]: labels, [DROPOUT_SEED]: dropoutSeed, [DRAWS]: drawn, ...weights } = inputs;
  try {
    const batch = { x: x as Batch['x'], labels: labels as Tensor1D };
    return trace(inputs, () => program(weights, batch, dropoutSeed as Tensor1D, drawn as Tensor2D));
  } finally {
    tf.dispose(inputs);
  }
}
