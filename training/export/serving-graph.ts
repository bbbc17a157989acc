import { CLASSES, IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/definition/network-shapes.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { checkTensors } from '../checkpoint/checkpoint.ts';
import { addNormalised } from '../compile/images.ts';
import { addProgram } from '../compile/program.ts';
import {
  createGraph,
  type Graph,
  type GraphNode,
  int32Constant,
  nodeOf,
  type Output,
  reached,
  type TypedOutput,
} from '../graph/graph.ts';
import type { Signature } from '../graph/saved-model.ts';
import { createNetwork, weightsOf } from '../networks/network.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { attribute, tf, types } from '../tensorflow/tensorflow.ts';

/** A network with its weights as a graph of its own. */
export interface ServingGraph {
  nodes: GraphNode[];
  /** `images` → `probabilities` and `logits`. */
  signature: Signature;
}

/**
 * A trained network as a graph from uint8 images [n, 32, 32, 3] to logits and probabilities [n, 10], for any n. Weights
 * are constants. The graph includes scaling and normalisation, and no operations of training.
 *
 * @throws {CheckpointMismatchError} if the weights belong to another network.
 */
export function servingGraph(config: TrainingConfig, weights: NamedTensors): ServingGraph {
  const network = createNetwork(config);
  checkTensors('weights', weights, weightsOf(network));
  const graph = createGraph();
  const images = graph.placeholder('images', 'uint8', [-1, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS]);
  const constants = addConstants(graph, weights);
  const batchShape = addBatchShape(graph, images.output);
  const x = addNormalised(graph, 'batch', images.output);
  const result = addProgram(graph, {
    part: 'network',
    network,
    inputs: { weights: constants, x, batchShape },
    program: (values, batch) => {
      const { logits } = network.forward(values, batch.x, { training: false });
      return { logits, probabilities: tf.softmax(logits) };
    },
  });
  const named = (name: string): TypedOutput => ({
    output: graph.add(name, 'Identity', [result(name)], [attribute.type('T', 'float32')]),
    type: 'float32',
    shape: [-1, CLASSES],
  });
  const signature: Signature = {
    inputs: { images },
    outputs: { probabilities: named('probabilities'), logits: named('logits') },
  };
  return { nodes: neededNodes(graph.nodes, signature), signature };
}

// --- helpers ---

function addConstants(graph: Graph, weights: NamedTensors): Map<string, { value: Output }> {
  const float = attribute.type('dtype', 'float32');
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const tensor = { type: types.float32, shape, values: data };
      return [name, { value: graph.add(`weights/${name}`, 'Const', [], [float, { name: 'value', tensor }]) }];
    }),
  );
}

/** int32 [1]: the number of images. */
function addBatchShape(graph: Graph, images: Output): Output {
  const shape = graph.add(
    'batch/image-shape',
    'Shape',
    [images],
    [attribute.type('T', 'uint8'), attribute.type('out_type', 'int32')],
  );
  return graph.add(
    'batch/shape',
    'Slice',
    [shape, graph.constant(int32Constant([0])), graph.constant(int32Constant([1]))],
    [attribute.type('T', 'int32'), attribute.type('Index', 'int32')],
  );
}

/** Drops constants that tracing adds and no operation takes. */
function neededNodes(nodes: readonly GraphNode[], { outputs }: Signature): GraphNode[] {
  const inputs = new Map(nodes.map((node) => [node.name, node.inputs]));
  const names = reached(
    Object.values(outputs).map(({ output }) => nodeOf(output)),
    (name) => inputs.get(name) ?? [],
  );
  return nodes.filter(({ name }) => names.has(name));
}
