import type { MeanAndDeviation } from '../data/labelled-images.ts';
import { type ConstantTensor, floatConstant, type Graph, type Output } from '../graph/graph.ts';
import { attribute, types } from '../tensorflow/tensorflow.ts';

/** Adds the conversion of bytes to float32. @param part prefix of the node's name. */
export function addFloats(graph: Graph, part: string, bytes: Output): Output {
  const casts = [attribute.type('SrcT', 'uint8'), attribute.type('DstT', 'float32')];
  return graph.add(`${part}/values`, 'Cast', [bytes], casts);
}

/**
 * Adds the normalisation of images [batch, height, width, channels]: p / 255, less the channel's mean, divided by its deviation.
 *
 * @param part prefix of the nodes' names.
 * @param values from 0 to 255.
 * @param normalisation default: mean 0.5 and deviation 0.5, for values from −1 to 1.
 */
export function addNormalised(
  graph: Graph,
  part: string,
  values: Output,
  normalisation?: MeanAndDeviation,
): Output {
  const { mean, deviation } = normalisation ?? { mean: [0.5], deviation: [0.5] };
  // (p / 255 − mean) / deviation
  const factors = deviation.map((each) => 1 / (255 * each));
  const offsets = mean.map((each, channel) => each / (deviation[channel] as number));
  const scaled = graph.add(`${part}/scaled`, 'Mul', [values, graph.constant(floats(factors))], FLOAT);
  return graph.add(`${part}/x`, 'Sub', [scaled, graph.constant(floats(offsets))], FLOAT);
}

/**
 * Adds the standardisation of a table's rows [batch, features]: less the feature's mean, divided by its deviation. A missing
 * value becomes 0, which is the mean.
 */
export function addStandardised(
  graph: Graph,
  part: string,
  rows: Output,
  { mean, deviation }: MeanAndDeviation,
): Output {
  const centred = graph.add(`${part}/centred`, 'Sub', [rows, graph.constant(floats(mean))], FLOAT);
  const factors = graph.constant(floats(deviation.map((each) => 1 / each)));
  const scaled = graph.add(`${part}/scaled`, 'Mul', [centred, factors], FLOAT);
  const missing = graph.add(`${part}/missing`, 'IsNan', [scaled], FLOAT);
  return graph.add(`${part}/x`, 'SelectV2', [missing, graph.constant(floatConstant(0)), scaled], FLOAT);
}

// --- helpers ---

const FLOAT = [attribute.type('T', 'float32')];

/** One value is a scalar, which every channel shares. */
function floats(values: readonly number[]): ConstantTensor {
  const [first = 0] = values;
  if (values.length === 1) return floatConstant(first);
  return { type: types.float32, shape: [values.length], values: Float32Array.from(values) };
}
