import type { Graph, Output } from '../graph/graph.ts';
import { crossEntropy } from '../networks/loss.ts';
import type { ForwardMode, NetworkFunction } from '../networks/network.ts';
import { tf } from '../tensorflow/tensorflow.ts';
import { addProgram } from '../trace/trace-network.ts';
import type { ImagesInGraph } from './images.ts';
import type { TensorsInGraph } from './tensors-part.ts';

/**
 * @param dropoutSeed int32 [2], to evaluate as in training: with dropout, and with batch normalisation by the batch.
 * @returns what to fetch for a batch's class probabilities and losses.
 */
export function addEvaluation(
  graph: Graph,
  network: NetworkFunction,
  images: ImagesInGraph,
  weights: TensorsInGraph,
  dropoutSeed?: Output,
): [probabilities: Output, losses: Output] {
  const result = addProgram(
    graph,
    'evaluate',
    network,
    images,
    weights,
    dropoutSeed,
    (values, batch, seed) => {
      const mode: ForwardMode = dropoutSeed ? { training: true, dropoutSeed: seed } : { training: false };
      const { logits } = network.forward(values, batch.x, mode);
      return { probabilities: tf.softmax(logits), losses: crossEntropy(logits, batch.labels) };
    },
  );
  return [result('probabilities'), result('losses')];
}
