import type { Graph, Output } from '../graph/graph.ts';
import { crossEntropy } from '../networks/loss.ts';
import type { ForwardMode, NetworkFunction } from '../networks/network-function.ts';
import { tf } from '../tensorflow/tensorflow.ts';
import type { ImagesInGraph } from './images.ts';
import { addProgram } from './program.ts';
import type { TensorsInGraph } from './tensors-part.ts';

/**
 * Adds the evaluation of a batch.
 *
 * @param dropoutSeed int32 [2]; if given, the network evaluates in training mode: with dropout, and with batch
 *   normalisation by the batch's own values.
 * @returns outputs to fetch: class probabilities [batch, classes], and losses [batch].
 */
export function addEvaluation(
  graph: Graph,
  network: NetworkFunction,
  { x, labels, batchShape }: ImagesInGraph,
  weights: TensorsInGraph,
  dropoutSeed?: Output,
): [probabilities: Output, losses: Output] {
  const result = addProgram(graph, {
    part: 'evaluate',
    network,
    inputs: { weights: weights.variables, x, labels, dropoutSeed, batchShape },
    program: (values, batch, seed) => {
      const mode: ForwardMode = dropoutSeed ? { training: true, dropoutSeed: seed } : { training: false };
      const { logits } = network.forward(values, batch.x, mode);
      return { probabilities: tf.softmax(logits), losses: crossEntropy(logits, batch.labels) };
    },
  });
  return [result('probabilities'), result('losses')];
}
