import { backend, messages, types } from '../tensorflow/tensorflow.ts';
import type { TfjsPackage } from '../tensorflow/tfjs-package.ts';
import type { ConstantTensor, GraphAttribute, GraphNode, TypedOutput } from './graph.ts';

const { binding } = backend;

/** The tag under which the graph is saved and loaded. */
export const SAVED_MODEL_TAG = 'serve';

/** The version of TensorFlow's graph format that defines the operations, and the oldest one that may read them. */
const PRODUCER = 1882;
const MIN_CONSUMER = 12;

/** A graph's inputs and outputs by public names. */
export interface Signature {
  inputs: Record<string, TypedOutput>;
  outputs: Record<string, TypedOutput>;
}

/**
 * A graph without stored variables as the bytes of a `saved_model.pb`.
 *
 * @param signature TensorFlow's own loaders find it as `serving_default`.
 */
export function encodeSavedModel(nodes: readonly GraphNode[], signature?: Signature): Uint8Array {
  const versions = new messages.VersionDef();
  versions.setProducer(PRODUCER);
  versions.setMinConsumer(MIN_CONSUMER);
  const graph = new messages.GraphDef();
  graph.setVersions(versions);
  for (const node of nodes) graph.addNode(nodeMessage(node));

  const info = new messages.MetaGraphDef.MetaInfoDef();
  info.addTags(SAVED_MODEL_TAG);
  const metaGraph = new messages.MetaGraphDef();
  metaGraph.setMetaInfoDef(info);
  metaGraph.setGraphDef(graph);
  if (signature) metaGraph.getSignatureDefMap().set('serving_default', signatureMessage(signature));
  const savedModel = new messages.SavedModel();
  savedModel.setSavedModelSchemaVersion(1);
  savedModel.addMetaGraphs(metaGraph);
  return savedModel.serializeBinary();
}

// --- helpers ---

type Message = TfjsPackage['messages'];

function nodeMessage({ name, op, inputs, attributes }: GraphNode): Message {
  const node = new messages.NodeDef();
  node.setName(name);
  node.setOp(op);
  node.setInputList(inputs);
  const map = node.getAttrMap();
  for (const attribute of attributes) map.set(attribute.name, attributeMessage(attribute));
  return node;
}

function signatureMessage({ inputs, outputs }: Signature): Message {
  const message = new messages.SignatureDef();
  message.setMethodName('tensorflow/serving/predict');
  const fill = (map: Message, tensors: Signature['inputs']): void => {
    for (const [name, { output, type, shape }] of Object.entries(tensors)) {
      const info = new messages.TensorInfo();
      info.setName(output);
      info.setDtype(types[type]);
      info.setTensorShape(shapeMessage(shape));
      map.set(name, info);
    }
  };
  fill(message.getInputsMap(), inputs);
  fill(message.getOutputsMap(), outputs);
  return message;
}

function attributeMessage(attribute: GraphAttribute): Message {
  const message = new messages.AttrValue();
  if ('shape' in attribute) {
    message.setShape(shapeMessage(attribute.shape));
    return message;
  }
  if ('tensor' in attribute) {
    message.setTensor(tensorMessage(attribute.tensor));
    return message;
  }
  const { name, type, value } = attribute;
  if (type === binding.TF_ATTR_TYPE) message.setType(value);
  else if (type === binding.TF_ATTR_FLOAT && !Array.isArray(value)) message.setF(value);
  else if (type === binding.TF_ATTR_BOOL && !Array.isArray(value)) message.setB(value);
  else if (type === binding.TF_ATTR_STRING) message.setS(Buffer.from(value as string));
  else if (type === binding.TF_ATTR_INT && !Array.isArray(value)) message.setI(value);
  else if (type === binding.TF_ATTR_INT) {
    const list = new messages.AttrValue.ListValue();
    list.setIList(value);
    message.setList(list);
  } else throw new Error(`graph: the attribute ${name} has type ${type}, which can't be written`);
  return message;
}

function shapeMessage(shape: readonly number[]): Message {
  const message = new messages.TensorShape();
  for (const size of shape) {
    const dimension = new messages.TensorShape.Dim();
    dimension.setSize(size);
    message.addDim(dimension);
  }
  return message;
}

function tensorMessage({ type, shape, values }: ConstantTensor): Message {
  const message = new messages.Tensor();
  message.setDtype(type);
  message.setTensorShape(shapeMessage(shape));
  message.setTensorContent(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return message;
}
