import { CLASSES, IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { checkTensors } from '../checkpoint/checkpoint.ts';
import { addNormalised } from '../compile/images.ts';
import { createGraph, type GraphNode, int32Constant, nodeOf, type Output, reached } from '../graph/graph.ts';
import type { Signature } from '../graph/saved-model.ts';
import { createNetwork, weightsOf } from '../networks/network.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { attribute, tf, types } from '../tensorflow/tensorflow.ts';
import { addProgram } from '../trace/trace-network.ts';

/** A network with its weights as a graph of its own. */
export interface ServingGraph {
  nodes: GraphNode[];
  /** `images` → `probabilities` and `logits`. */
  signature: Signature;
}

/**
 * A trained network as a graph that takes uint8 images [n, 32, 32, 3], of any number, and gives logits and probabilities
 * [n, 10]. Weights are constants, scaling and normalising are part of it, and nothing of training is.
 *
 * @throws CheckpointMismatchError for weights of another network.
 */
export function servingGraph(config: TrainingConfig, weights: NamedTensors): ServingGraph {
  const network = createNetwork(config);
  checkTensors('weights', weights, weightsOf(network));
  const graph = createGraph();
  const imageShape = [-1, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS];
  const images = graph.placeholder('images', 'uint8', imageShape);
  const float = attribute.type('dtype', 'float32');
  const variables = new Map(
    [...weights].map(([name, { shape, data }]) => {
      const tensor = { type: types.float32, shape, values: data };
      return [name, { value: graph.add(`weights/${name}`, 'Const', [], [float, { name: 'value', tensor }]) }];
    }),
  );
  const shape = graph.add(
    'batch/image-shape',
    'Shape',
    [images],
    [attribute.type('T', 'uint8'), attribute.type('out_type', 'int32')],
  );
  const batchShape = graph.add(
    'batch/shape',
    'Slice',
    [shape, graph.constant(int32Constant([0])), graph.constant(int32Constant([1]))],
    [attribute.type('T', 'int32'), attribute.type('Index', 'int32')],
  );
  const x = addNormalised(graph, 'batch', images);
  const result = addProgram(
    graph,
    'network',
    network,
    { x, batchShape },
    { variables },
    undefined,
    (values, batch) => {
      const { logits } = network.forward(values, batch.x, { training: false });
      return { logits, probabilities: tf.softmax(logits) };
    },
  );
  const output = (name: string): Output =>
    graph.add(name, 'Identity', [result(name)], [attribute.type('T', 'float32')]);

  const outputShape = [-1, CLASSES];
  const signature: Signature = {
    inputs: { images: { output: images, type: 'uint8', shape: imageShape } },
    outputs: {
      probabilities: { output: output('probabilities'), type: 'float32', shape: outputShape },
      logits: { output: output('logits'), type: 'float32', shape: outputShape },
    },
  };
  return { nodes: needed(graph.nodes, signature), signature };
}

// --- helpers ---

/** Those that the outputs need: recording leaves constants behind that nothing takes. */
function needed(nodes: readonly GraphNode[], { outputs }: Signature): GraphNode[] {
  const inputs = new Map(nodes.map((node) => [node.name, node.inputs]));
  const names = reached(
    Object.values(outputs).map(({ output }) => nodeOf(output)),
    (name) => inputs.get(name) ?? [],
  );
  return nodes.filter(({ name }) => names.has(name));
}
