import { type InputForm, imageShape } from '../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { checkTensors } from '../checkpoint/checkpoint.ts';
import { addValues } from '../compile/images.ts';
import { addProgram } from '../compile/program.ts';
import type { MeanAndDeviation } from '../data/labelled-images.ts';
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
import { attribute, type TypeName, tf, types } from '../tensorflow/tensorflow.ts';

/** A network with its weights as a graph of its own. */
export interface ServingGraph {
  nodes: GraphNode[];
  /** `images`, or `rows` of a table → `probabilities` and `logits`. */
  signature: Signature;
}

/**
 * A trained network as a graph from uint8 images [n, height, width, channels] to logits and probabilities [n, classes], for
 * any n. Weights are constants. The graph includes scaling and normalisation, and no operations of training.
 *
 * @param input the form of the images. Rows of a table are float32 [n, features].
 * @param normalisation what the images were normalised with in training; see `LabelledImages`.
 * @throws {CheckpointMismatchError} if the weights belong to another network.
 */
export function servingGraph(
  config: TrainingConfig,
  input: InputForm,
  weights: NamedTensors,
  normalisation?: MeanAndDeviation,
): ServingGraph {
  const network = createNetwork(config, input);
  checkTensors('weights', weights, weightsOf(network));
  const graph = createGraph();
  const isTable = imageShape(input) === undefined;
  const [name, type] = isTable ? (['rows', 'float32'] as const) : (['images', 'uint8'] as const);
  const given = graph.placeholder(name, type, [-1, ...input.shape]);
  const constants = addConstants(graph, weights);
  const batchShape = addBatchShape(graph, given.output, type);
  const { x } = addValues(graph, given.output, input, normalisation);
  const result = addProgram(graph, {
    part: 'network',
    network,
    inputs: { weights: constants, x, batchShape },
    program: (values, batch) => {
      const { logits } = network.forward(values, batch.x, { training: false });
      return { logits, probabilities: tf.softmax(logits) };
    },
  });
  const named = (output: string): TypedOutput => ({
    output: graph.add(output, 'Identity', [result(output)], [attribute.type('T', 'float32')]),
    type: 'float32',
    shape: [-1, input.classes],
  });
  const signature: Signature = {
    inputs: { [name]: given },
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
function addBatchShape(graph: Graph, images: Output, type: TypeName): Output {
  const shape = graph.add(
    'batch/image-shape',
    'Shape',
    [images],
    [attribute.type('T', type), attribute.type('out_type', 'int32')],
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
