import { IMAGE_BYTES, IMAGE_CHANNELS, IMAGE_SIZE } from '../../study/definition/network-shapes.ts';
import type { LabelledImages } from '../data/labelled-images.ts';
import { floatConstant, type Graph, int32Constant, type Output, type TypedOutput } from '../graph/graph.ts';
import type { Feed, Session } from '../graph/session.ts';
import { addVariable, assign, type Variable } from '../graph/variables.ts';
import { DeviceUnavailableError } from '../tensorflow/device-unavailable.ts';
import { attribute, types } from '../tensorflow/tensorflow.ts';

/** The images of an engine as variables of a graph, which gathers batches from them by index. */
export interface ImagesInGraph {
  /** [batch, 32, 32, 3], values from −1 to 1. */
  x: Output;
  /** int32 [batch]. */
  labels: Output;
  /** int32 [1]: the batch size. */
  batchShape: Output;
  /**
   * Copies the images into the graph's session.
   *
   * @throws {DeviceUnavailableError} if the device doesn't hold them afterwards.
   */
  load(session: Session, images: LabelledImages): void;
  /** The feed that selects a batch. `flips`: 1 for each image to mirror. */
  batch(indices: Int32Array, flips: Uint8Array | undefined): Feed;
}

/**
 * Adds the images as one uint8 variable, channels last. If some are mirrored, mirrored copies of all follow the
 * originals: gathering a copy costs as much as gathering an original, and mirroring in every step would cost more.
 */
export function addImages(graph: Graph, count: number, mirrored: boolean): ImagesInGraph {
  const rows = mirrored ? 2 * count : count;
  const pixels = addVariable(graph, 'images', 'uint8', [rows, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS]);
  const labels = addVariable(graph, 'labels', 'int32', [rows]);

  const loading = addLoading(graph, count, pixels, labels, mirrored);

  const wanted = graph.placeholder('batch', 'int32', [-1]);
  const bytes = gather(graph, 'batch/pixels', pixels, wanted.output);
  const shapeTypes = [attribute.type('T', 'int32'), attribute.type('out_type', 'int32')];
  const x = addNormalised(graph, 'batch', bytes);
  const batchLabels = gather(graph, 'batch/labels', labels, wanted.output);
  return {
    x,
    labels: batchLabels,
    batchShape: graph.add('batch/shape', 'Shape', [wanted.output], shapeTypes),
    load(session, images) {
      loadImages(session, loading, images, rows);
      const read = (indices: Int32Array) =>
        session.run([{ to: wanted, shape: [indices.length], values: indices }], [x, batchLabels]);
      checkLoaded(read as (indices: Int32Array) => [Float32Array, Int32Array], images, mirrored);
    },
    batch(indices, flips) {
      const values = flips
        ? indices.map((index, position) => (flips[position] ? index + count : index))
        : indices;
      return { to: wanted, shape: [values.length], values };
    },
  };
}

/**
 * Adds the normalisation of bytes to values from −1 to 1: p / 255, then mean 0.5 and deviation 0.5.
 *
 * @param part prefix of the nodes' names.
 */
export function addNormalised(graph: Graph, part: string, bytes: Output): Output {
  const casts = [attribute.type('SrcT', 'uint8'), attribute.type('DstT', 'float32')];
  const values = graph.add(`${part}/values`, 'Cast', [bytes], casts);
  const float = [attribute.type('T', 'float32')];
  // (p / 255 − 0.5) / 0.5
  const scaled = graph.add(`${part}/scaled`, 'Mul', [values, graph.constant(floatConstant(2 / 255))], float);
  return graph.add(`${part}/x`, 'Sub', [scaled, graph.constant(floatConstant(1))], float);
}

// --- helpers ---

/** Loading all images at once would need several times their memory. */
const IMAGES_LOADED_AT_ONCE = 2000;

/** The part of the graph that sets the variables. */
interface Loading {
  /** Shape of the pixels' variable. */
  shape: TypedOutput;
  newLabels: TypedOutput;
  /** Fetch it to set the labels and clear the pixels. */
  prepared: Output;
  /** uint8 [n, 3, 32, 32]: some of the images. */
  planes: TypedOutput;
  /** int32 [n], or [2n] if some are mirrored: the images' rows, then those of their mirrored copies. */
  at: TypedOutput;
  /** Fetch it to set their pixels. */
  loaded: Output;
}

function addLoading(
  graph: Graph,
  count: number,
  pixels: Variable,
  labels: Variable,
  mirrored: boolean,
): Loading {
  const rows = mirrored ? 2 * count : count;
  // Fed, because TensorFlow would keep the result of an operation on constants in addition to the variable.
  const shape = graph.placeholder('images/shape', 'int32', [4]);
  const zero = graph.constant({ type: types.uint8, shape: [], values: Uint8Array.of(0) });
  const uint8 = attribute.type('T', 'uint8');
  const blank = graph.add(
    'images/blank',
    'Fill',
    [shape.output, zero],
    [uint8, attribute.type('index_type', 'int32')],
  );
  const newLabels = graph.placeholder('labels/new', 'int32', [rows]);
  const prepared = graph.after('images/prepared', [
    assign(graph, 'images/assign', pixels, blank),
    assign(graph, 'labels/assign', labels, newLabels.output),
  ]);

  const planes = graph.placeholder('images/planes', 'uint8', [-1, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE]);
  const permutation = graph.constant(int32Constant([0, 2, 3, 1]));
  const tperm = attribute.type('Tperm', 'int32');
  const upright = graph.add('images/interleaved', 'Transpose', [planes.output, permutation], [uint8, tperm]);
  const at = graph.placeholder('images/at', 'int32', [-1]);
  const both = mirrored ? addMirrored(graph, upright) : upright;
  // One update for both, because a GPU may run two in any order, and one of them on a copy of the variable.
  const put = graph.add(
    'images/put',
    'ResourceScatterUpdate',
    [pixels.handle, at.output, both],
    [attribute.type('dtype', 'uint8'), attribute.type('Tindices', 'int32')],
  );
  return { shape, newLabels, prepared, planes, at, loaded: graph.after('images/loaded', [put]) };
}

/** [n, 32, 32, 3] → [2n, 32, 32, 3]: the images, then their mirrored copies. */
function addMirrored(graph: Graph, upright: Output): Output {
  const uint8 = attribute.type('T', 'uint8');
  const reshape = (name: string, images: Output, shape: number[]) =>
    graph.add(name, 'Reshape', [images, graph.constant(int32Constant(shape))], [uint8, INT32_SHAPE]);
  // TensorFlow reverses rows of pixels several times faster than images.
  const rows = reshape('images/rows', upright, [-1, IMAGE_SIZE, IMAGE_CHANNELS]);
  const tidx = attribute.type('Tidx', 'int32');
  const reversed = graph.add(
    'images/reversed',
    'ReverseV2',
    [rows, graph.constant(int32Constant([1]))],
    [uint8, tidx],
  );
  const mirrored = reshape('images/mirrored', reversed, [-1, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS]);
  const axis = graph.constant({ type: types.int32, shape: [], values: Int32Array.of(0) });
  return graph.add(
    'images/both',
    'ConcatV2',
    [upright, mirrored, axis],
    [attribute.int('N', 2), uint8, tidx],
  );
}

const INT32_SHAPE = attribute.type('Tshape', 'int32');

function loadImages(
  session: Session,
  loading: Loading,
  { pixels, labels }: LabelledImages,
  rows: number,
): void {
  const count = labels.length;
  const allLabels = new Int32Array(rows);
  for (let start = 0; start < rows; start += count) allLabels.set(labels, start);
  const shape = Int32Array.of(rows, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS);
  session.run(
    [
      { to: loading.shape, values: shape },
      { to: loading.newLabels, values: allLabels },
    ],
    [loading.prepared],
  );
  for (let start = 0; start < count; start += IMAGES_LOADED_AT_ONCE) {
    const end = Math.min(start + IMAGES_LOADED_AT_ONCE, count);
    const number = end - start;
    const at = Int32Array.from({ length: (number * rows) / count }, (_, index) =>
      index < number ? start + index : count + start + index - number,
    );
    session.run(
      [
        {
          to: loading.planes,
          shape: [number, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE],
          values: pixels.subarray(start * IMAGE_BYTES, end * IMAGE_BYTES),
        },
        { to: loading.at, shape: [at.length], values: at },
      ],
      [loading.loaded],
    );
  }
}

/**
 * Reads back the first and the last image of each update, and their mirrored copies. Nothing else would show that a device has
 * lost an update: its rows would be blank.
 */
function checkLoaded(
  read: (indices: Int32Array) => [x: Float32Array, labels: Int32Array],
  { pixels, labels }: LabelledImages,
  mirrored: boolean,
): void {
  const count = labels.length;
  const checked: number[] = [];
  for (let start = 0; start < count; start += IMAGES_LOADED_AT_ONCE) {
    checked.push(start, Math.min(start + IMAGES_LOADED_AT_ONCE, count) - 1);
  }
  for (const isCopy of mirrored ? [false, true] : [false]) {
    const rows = Int32Array.from(checked, (image) => (isCopy ? count + image : image));
    const [x, gotLabels] = read(rows);
    for (const [position, image] of checked.entries()) {
      const got = x.subarray(position * IMAGE_BYTES, (position + 1) * IMAGE_BYTES);
      const given = pixels.subarray(image * IMAGE_BYTES, (image + 1) * IMAGE_BYTES);
      if (gotLabels[position] === labels[image] && isImage(got, given, isCopy)) continue;
      throw new DeviceUnavailableError(
        `expected the device to hold the images that it was given, got others in row ${rows[position]} of ${count}: it has lost ` +
          'an update; check its driver, or train on another device',
      );
    }
  }
}

/** @param got [32, 32, 3], from −1 to 1. @param given [3, 32, 32], bytes. */
function isImage(got: Float32Array, given: Uint8Array, isMirrored: boolean): boolean {
  const plane = IMAGE_SIZE * IMAGE_SIZE;
  return given.every((byte, index) => {
    const channel = Math.floor(index / plane);
    const row = Math.floor((index % plane) / IMAGE_SIZE);
    const column = isMirrored ? IMAGE_SIZE - 1 - (index % IMAGE_SIZE) : index % IMAGE_SIZE;
    const value = got[(row * IMAGE_SIZE + column) * IMAGE_CHANNELS + channel] as number;
    return Math.round((value + 1) * 127.5) === byte;
  });
}

function gather(graph: Graph, name: string, { handle, type }: Variable, rows: Output): Output {
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
