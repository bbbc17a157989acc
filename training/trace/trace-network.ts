import type { Batch } from '../batches.ts';
import type { ImagesInGraph } from '../compile/images.ts';
import type { Graph, Output } from '../graph/graph.ts';
import type { Variable } from '../graph/variables.ts';
import { type NetworkFunction, weightsOf } from '../networks/network.ts';
import { type DeviceTensors, type Tensor1D, tf } from '../tensorflow/tensorflow.ts';
import { openBatch } from './open-batch.ts';
import { record } from './trace.ts';
import { writeRecording } from './write-trace.ts';

/** Small, so that recording needs little time and memory; two, to find what depends on the size. */
const RECORDED_BATCHES = [2, 3] as const;

/** A function of a network's weights and a batch, without effect but its results. */
export type NetworkProgram = (weights: DeviceTensors, batch: Batch, dropoutSeed: Tensor1D) => DeviceTensors;

/**
 * Records a program on zeros, and adds it to a graph for batches of any size. A program that makes no use of labels needs
 * none in the graph.
 *
 * @param part names it in the graph.
 * @returns where the graph has the program's results.
 * @throws NotRecordableError where it can't be recorded.
 */
export function addProgram(
  graph: Graph,
  part: string,
  network: NetworkFunction,
  images: Pick<ImagesInGraph, 'x' | 'batchShape'> & Partial<Pick<ImagesInGraph, 'labels'>>,
  weights: { variables: ReadonlyMap<string, Pick<Variable, 'value'>> },
  dropoutSeed: Output | undefined,
  program: NetworkProgram,
): (result: string) => Output {
  const names = weightsOf(network).map(({ name }) => name);
  const [first, second] = RECORDED_BATCHES.map((batchSize) =>
    tf.tidy(() => {
      const zeros = Object.fromEntries(
        weightsOf(network).map(({ name, shape }) => [name, tf.fill(shape, 0)]),
      );
      const x = tf.fill([batchSize, 32, 32, 3], 0) as Batch['x'];
      const labels = tf.fill([batchSize], 0, 'int32') as Tensor1D;
      const seed = tf.fill([2], 0, 'int32') as Tensor1D;
      const inputs = { ...zeros, 'batch.x': x, 'batch.labels': labels, 'batch.dropoutSeed': seed };
      const recording = record(inputs, () => program(zeros, { x, labels }, seed));
      return { recording, batchSize } as never;
    }),
  ) as unknown as [Parameters<typeof openBatch>[0], Parameters<typeof openBatch>[1]];

  const places = new Map<string, Output>([
    ...names.map((name): [string, Output] => [name, weights.variables.get(name)?.value as Output]),
    ['batch.x', images.x],
  ]);
  if (images.labels) places.set('batch.labels', images.labels);
  if (dropoutSeed) places.set('batch.dropoutSeed', dropoutSeed);
  const results = writeRecording(graph, part, openBatch(first, second), places, images.batchShape);
  return (result) => results.get(result) as Output;
}
