import { IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/definition/network-shapes.ts';
import type { LabelledImages } from '../batches.ts';
import { floatConstant, type Graph, int32Constant, type Output } from '../graph/graph.ts';
import type { Feed, Session } from '../graph/session.ts';
import { addVariable, assign, type Variable } from '../graph/variables.ts';
import { attribute, types } from '../tensorflow/tensorflow.ts';

const IMAGE_BYTES = IMAGE_CHANNELS * IMAGE_SIZE * IMAGE_SIZE;
const LOADED_AT_ONCE = 2000;

/** Images in a graph, gathered from there by number. */
export interface ImagesInGraph {
  /** [batch, 32, 32, 3], in −1 to 1. */
  x: Output;
  /** int32 [batch]. */
  labels: Output;
  /** int32 [1]: the number of images. */
  batchShape: Output;
  /** Copies the images into the graph's session. */
  load(session: Session, images: LabelledImages): void;
  /** What a batch is fed. `flips`: 1 for each image to mirror. */
  batch(indices: Int32Array, flips: Uint8Array | undefined): Feed;
}

/**
 * Adds the images as one uint8 variable, channels last, with their mirrored copies behind them where there is need:
 * gathering either costs the same, and mirroring in every step would not be free.
 */
export function addImages(graph: Graph, count: number, mirrored: boolean): ImagesInGraph {
  const rows = mirrored ? 2 * count : count;
  const pixels = addVariable(graph, 'images', 'uint8', [rows, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS]);
  const labels = addVariable(graph, 'labels', 'int32', [rows]);

  const { prepared, loaded } = addLoading(graph, count, pixels, labels, mirrored);

  const wanted = graph.placeholder('batch', 'int32', [-1]);
  const bytes = gather(graph, 'batch/pixels', 'uint8', pixels.handle, wanted);
  const shapeTypes = [attribute.type('T', 'int32'), attribute.type('out_type', 'int32')];
  return {
    x: addNormalised(graph, 'batch', bytes),
    labels: gather(graph, 'batch/labels', 'int32', labels.handle, wanted),
    batchShape: graph.add('batch/shape', 'Shape', [wanted], shapeTypes),
    load(session, images) {
      const all = new Int32Array(rows);
      for (let start = 0; start < rows; start += count) all.set(images.labels, start);
      const shape = Int32Array.of(rows, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS);
      session.run(
        [
          { name: 'images/shape', type: 'int32', shape: [4], values: shape },
          { name: 'labels/new', type: 'int32', shape: [rows], values: all },
        ],
        [prepared],
      );
      for (let start = 0; start < count; start += LOADED_AT_ONCE) {
        const end = Math.min(start + LOADED_AT_ONCE, count);
        const values = images.pixels.subarray(start * IMAGE_BYTES, end * IMAGE_BYTES);
        const shape = [end - start, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE];
        const at = Int32Array.from({ length: end - start }, (_, index) => start + index);
        session.run(
          [
            { name: 'images/planes', type: 'uint8', shape, values },
            { name: 'images/at', type: 'int32', shape: [at.length], values: at },
          ],
          [loaded],
        );
      }
    },
    batch(indices, flips) {
      const values = flips
        ? indices.map((index, position) => (flips[position] ? index + count : index))
        : indices;
      return { name: 'batch', type: 'int32', shape: [values.length], values };
    },
  };
}

/** Adds what makes numbers in −1 to 1 of bytes: p / 255, then mean 0.5 and deviation 0.5. @param part names it. */
export function addNormalised(graph: Graph, part: string, bytes: Output): Output {
  const casts = [attribute.type('SrcT', 'uint8'), attribute.type('DstT', 'float32')];
  const values = graph.add(`${part}/values`, 'Cast', [bytes], casts);
  const float = [attribute.type('T', 'float32')];
  // (p / 255 − 0.5) / 0.5
  const scaled = graph.add(`${part}/scaled`, 'Mul', [values, graph.constant(floatConstant(2 / 255))], float);
  return graph.add(`${part}/x`, 'Sub', [scaled, graph.constant(floatConstant(1))], float);
}

// --- helpers ---

/** Images are loaded a part at a time, since all at once would need several times their memory. */
function addLoading(graph: Graph, count: number, pixels: Variable, labels: Variable, mirrored: boolean) {
  const rows = mirrored ? 2 * count : count;
  // Fed, since TensorFlow would keep the result of an operation on constants beside the variable.
  const shape = graph.placeholder('images/shape', 'int32', [4]);
  const zero = graph.constant({ type: types.uint8, shape: [], values: Uint8Array.of(0) });
  const uint8 = attribute.type('T', 'uint8');
  const blank = graph.add(
    'images/blank',
    'Fill',
    [shape, zero],
    [uint8, attribute.type('index_type', 'int32')],
  );
  const newLabels = graph.placeholder('labels/new', 'int32', [rows]);
  const prepared = graph.after('images/prepared', [
    assign(graph, 'images/assign', 'uint8', pixels, blank),
    assign(graph, 'labels/assign', 'int32', labels, newLabels),
  ]);

  const planes = graph.placeholder('images/planes', 'uint8', [-1, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE]);
  const permutation = graph.constant(int32Constant([0, 2, 3, 1]));
  const tperm = attribute.type('Tperm', 'int32');
  const upright = graph.add('images/interleaved', 'Transpose', [planes, permutation], [uint8, tperm]);
  const at = graph.placeholder('images/at', 'int32', [-1]);
  const put = (name: string, positions: Output, images: Output) =>
    graph.add(
      name,
      'ResourceScatterUpdate',
      [pixels.handle, positions, images],
      [attribute.type('dtype', 'uint8'), attribute.type('Tindices', 'int32')],
    );
  const parts = [put('images/put', at, upright)];
  if (mirrored) {
    const widthAxis = graph.constant(int32Constant([2]));
    const tidx = attribute.type('Tidx', 'int32');
    const reversed = graph.add('images/mirrored', 'ReverseV2', [upright, widthAxis], [uint8, tidx]);
    const behind = graph.constant({ type: types.int32, shape: [], values: Int32Array.of(count) });
    const positions = graph.add('images/behind', 'AddV2', [at, behind], [attribute.type('T', 'int32')]);
    parts.push(put('images/put-mirrored', positions, reversed));
  }
  return { prepared, loaded: graph.after('images/loaded', parts) };
}

function gather(graph: Graph, name: string, type: 'uint8' | 'int32', handle: Output, rows: Output): Output {
  return graph.add(
    name,
    'ResourceGather',
    [handle, rows],
    [
      attribute.type('dtype', type),
      attribute.type('Tindices', 'int32'),
      attribute.flag('validate_indices', true),
      attribute.int('batch_dims', 0),
    ],
  );
}
