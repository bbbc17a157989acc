import { IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/network-shapes.ts';
import type { LabelledImages } from '../batches.ts';
import { attribute, types } from '../tensorflow.ts';
import { floatConstant, type Graph, int32Constant, type Output } from './graph.ts';
import type { Feed, Session } from './session.ts';
import { addVariable, assign } from './variables.ts';

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
  const uint8 = attribute.type('T', 'uint8');
  const pixels = addVariable(graph, 'images', 'uint8', [rows, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS]);
  const labels = addVariable(graph, 'labels', 'int32', [rows]);

  const planes = graph.placeholder('images/planes', 'uint8', [count, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE]);
  const permutation = graph.constant(int32Constant([0, 2, 3, 1]));
  const tperm = attribute.type('Tperm', 'int32');
  const upright = graph.add('images/interleaved', 'Transpose', [planes, permutation], [uint8, tperm]);
  const newLabels = graph.placeholder('labels/new', 'int32', [rows]);
  const loaded = graph.after('images/loaded', [
    assign(graph, 'images/assign', 'uint8', pixels, mirrored ? withMirrored(graph, upright) : upright),
    assign(graph, 'labels/assign', 'int32', labels, newLabels),
  ]);

  const wanted = graph.placeholder('batch', 'int32', [-1]);
  const bytes = gather(graph, 'batch/pixels', 'uint8', pixels.handle, wanted);
  const casts = [attribute.type('SrcT', 'uint8'), attribute.type('DstT', 'float32')];
  const values = graph.add('batch/values', 'Cast', [bytes], casts);
  const float = [attribute.type('T', 'float32')];
  // (p / 255 − 0.5) / 0.5
  const scaled = graph.add('batch/scaled', 'Mul', [values, graph.constant(floatConstant(2 / 255))], float);
  const shapeTypes = [attribute.type('T', 'int32'), attribute.type('out_type', 'int32')];
  return {
    x: graph.add('batch/x', 'Sub', [scaled, graph.constant(floatConstant(1))], float),
    labels: gather(graph, 'batch/labels', 'int32', labels.handle, wanted),
    batchShape: graph.add('batch/shape', 'Shape', [wanted], shapeTypes),
    load(session, images) {
      const all = new Int32Array(rows);
      for (let start = 0; start < rows; start += count) all.set(images.labels, start);
      const shape = [count, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE];
      session.run(
        [
          { name: 'images/planes', type: 'uint8', shape, values: images.pixels },
          { name: 'labels/new', type: 'int32', shape: [rows], values: all },
        ],
        [loaded],
      );
    },
    batch(indices, flips) {
      const values = flips
        ? indices.map((index, position) => (flips[position] ? index + count : index))
        : indices;
      return { name: 'batch', type: 'int32', shape: [values.length], values };
    },
  };
}

// --- helpers ---

function withMirrored(graph: Graph, upright: Output): Output {
  const uint8 = attribute.type('T', 'uint8');
  const tidx = attribute.type('Tidx', 'int32');
  const widthAxis = graph.constant(int32Constant([2]));
  const mirrored = graph.add('images/mirrored', 'ReverseV2', [upright, widthAxis], [uint8, tidx]);
  const imageAxis = graph.constant({ type: types.int32, shape: [], values: Int32Array.of(0) });
  const attributes = [uint8, tidx, attribute.int('N', 2)];
  return graph.add('images/both', 'ConcatV2', [upright, mirrored, imageAxis], attributes);
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
