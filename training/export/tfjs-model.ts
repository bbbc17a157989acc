import type { ConstantTensor, GraphAttribute, GraphNode } from '../graph/graph.ts';
import type { Signature } from '../graph/saved-model.ts';
import { backend, types, type Values } from '../tensorflow/tensorflow.ts';
import type { ServingGraph } from './serving-graph.ts';

/** The file that `model.json` refers to. It must be in the same folder. */
export const TFJS_WEIGHTS = 'weights.bin';

/**
 * Encodes a graph as a model for `tf.loadGraphModel` of TensorFlow.js: `model.json` with TensorFlow's messages as JSON,
 * and one file with the values of all constants. TensorFlow.js has no uint8; its images are int32.
 *
 * @param convertedBy the program and its version.
 */
export function encodeTfjsModel(
  { nodes, signature }: ServingGraph,
  convertedBy: string,
): { model: Uint8Array; weights: Uint8Array } {
  const constants = nodes.flatMap(({ name, attributes }) => {
    const value = attributes.find((attribute) => 'tensor' in attribute);
    return value ? [{ name, ...value.tensor }] : [];
  });
  const model = {
    format: 'graph-model',
    generatedBy: `TensorFlow ${backend.binding.TF_Version}`,
    convertedBy,
    signature: { inputs: signatureJson(signature.inputs), outputs: signatureJson(signature.outputs) },
    // Makes `predict` return its results by these names.
    userDefinedMetadata: { structuredOutputKeys: Object.keys(signature.outputs) },
    modelTopology: { node: nodes.map(nodeJson), library: {}, versions: {} },
    weightsManifest: [
      {
        paths: [TFJS_WEIGHTS],
        weights: constants.map(({ name, shape, type }) => ({ name, shape, dtype: dtypeOf(type) })),
      },
    ],
  };
  return {
    model: new TextEncoder().encode(JSON.stringify(model)),
    weights: Buffer.concat(constants.map(({ values }) => bytesOf(values))),
  };
}

// --- helpers ---

const bytesOf = (values: Values): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The name of a type in TensorFlow's messages and in TensorFlow.js. */
function typeName(type: number): string {
  const name = {
    [types.float32]: 'FLOAT',
    [types.int32]: 'INT32',
    [types.uint8]: 'UINT8',
    [types.bool]: 'BOOL',
  }[type];
  if (!name)
    throw new Error(`tfjs model: expected float32, int32, uint8 or bool, got TensorFlow's type ${type}`);
  return `DT_${name}`;
}

function dtypeOf(type: ConstantTensor['type']): string {
  return type === types.float32 ? 'float32' : 'int32';
}

function shapeJson(shape: readonly number[]) {
  return { dim: shape.map((size) => ({ size: String(size) })) };
}

function signatureJson(tensors: Signature['inputs']) {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { output, type, shape }]) => [
      name,
      { name: output, dtype: typeName(types[type]), tensorShape: shapeJson(shape) },
    ]),
  );
}

function nodeJson({ name, op, inputs, attributes }: GraphNode) {
  return {
    name,
    op,
    // A node's first output has the node's name.
    input: inputs.map((input) => input.replace(/:0$/, '')),
    attr: Object.fromEntries(attributes.map((attribute) => [attribute.name, attributeJson(attribute)])),
  };
}

function attributeJson(attribute: GraphAttribute): object {
  if ('shape' in attribute) return { shape: shapeJson(attribute.shape) };
  // The values are in the weights file.
  if ('tensor' in attribute) {
    const { type, shape } = attribute.tensor;
    return { tensor: { dtype: typeName(type), tensorShape: shapeJson(shape) } };
  }
  const { binding } = backend;
  const { name, type, value } = attribute;
  if (Array.isArray(value)) return { list: { i: value.map(String) } };
  if (type === binding.TF_ATTR_TYPE) return { type: typeName(value as number) };
  if (type === binding.TF_ATTR_FLOAT) return { f: value };
  if (type === binding.TF_ATTR_BOOL) return { b: value };
  if (type === binding.TF_ATTR_STRING) return { s: Buffer.from(value as string).toString('base64') };
  if (type === binding.TF_ATTR_INT) return { i: String(value) };
  throw new Error(`tfjs model: the attribute ${name} has type ${type}, which can't be written`);
}
