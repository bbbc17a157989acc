import { crossEntropy } from '../loss.ts';
import type { NetworkFunction } from '../networks/network.ts';
import { tf } from '../tensorflow.ts';
import type { Graph, Output } from './graph.ts';
import type { ImagesInGraph } from './images.ts';
import { addProgram } from './record-network.ts';
import type { TensorsInGraph } from './tensors-part.ts';

/** @returns what to fetch for a batch's class probabilities and losses. */
export function addEvaluation(
  graph: Graph,
  network: NetworkFunction,
  images: ImagesInGraph,
  weights: TensorsInGraph,
): [probabilities: Output, losses: Output] {
  const result = addProgram(graph, 'evaluate', network, images, weights, undefined, (values, batch) => {
    const { logits } = network.forward(values, batch.x, { training: false });
    return { probabilities: tf.softmax(logits), losses: crossEntropy(logits, batch.labels) };
  });
  return [result('probabilities'), result('losses')];
}
