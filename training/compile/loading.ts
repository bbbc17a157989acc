import { type InputForm, imageShape, valuesOf } from '../../study/definition/input-form.ts';
import type { HeldImages, Pixels } from '../data/labelled-images.ts';
import { type Graph, int32Constant, type Output, type TypedOutput } from '../graph/graph.ts';
import type { Session } from '../graph/session.ts';
import { assign, type Variable } from '../graph/variables.ts';
import { DeviceUnavailableError } from '../tensorflow/device-unavailable.ts';
import { attribute, types } from '../tensorflow/tensorflow.ts';

/** The part of the graph that sets the variables with the images and their labels. */
export interface Loading {
  /** Shape of the pixels' variable. */
  shape: TypedOutput;
  newLabels: TypedOutput;
  /** Fetch it to set the labels and clear the pixels. */
  prepared: Output;
  /** Some of the images: uint8 [n, channels, height, width], or float32 [n, features]. */
  planes: TypedOutput;
  /** int32 [n], or [2n] if some are mirrored: the images' rows, then those of their mirrored copies. */
  at: TypedOutput;
  /** Fetch it to set their pixels. */
  loaded: Output;
}

export function addLoading(
  graph: Graph,
  count: number,
  input: InputForm,
  pixels: Variable,
  labels: Variable,
  mirrored: boolean,
): Loading {
  const rows = mirrored ? 2 * count : count;
  const { type } = pixels;
  // Fed, because TensorFlow would keep the result of an operation on constants in addition to the variable.
  const shape = graph.placeholder('images/shape', 'int32', [1 + input.shape.length]);
  const nothing = type === 'uint8' ? Uint8Array.of(0) : Float32Array.of(0);
  const zero = graph.constant({ type: types[type], shape: [], values: nothing });
  const valueType = attribute.type('T', type);
  const blank = graph.add(
    'images/blank',
    'Fill',
    [shape.output, zero],
    [valueType, attribute.type('index_type', 'int32')],
  );
  const newLabels = graph.placeholder('labels/new', 'int32', [rows]);
  const prepared = graph.after('images/prepared', [
    assign(graph, 'images/assign', pixels, blank),
    assign(graph, 'labels/assign', labels, newLabels.output),
  ]);

  const planes = graph.placeholder('images/planes', type, [-1, ...planesOf(input)]);
  const upright = imageShape(input) ? addChannelsLast(graph, 'images', planes.output) : planes.output;
  const at = graph.placeholder('images/at', 'int32', [-1]);
  const both = mirrored ? addMirrored(graph, upright, input) : upright;
  // One update for both, because a GPU may run two in any order, and one of them on a copy of the variable.
  const put = graph.add(
    'images/put',
    'ResourceScatterUpdate',
    [pixels.handle, at.output, both],
    [attribute.type('dtype', type), attribute.type('Tindices', 'int32')],
  );
  return { shape, newLabels, prepared, planes, at, loaded: graph.after('images/loaded', [put]) };
}

/** The shape of an image as data sets have it, planes first: `[channels, height, width]`; or `[features]`. */
export function planesOf(input: InputForm): number[] {
  const [height, width, channels] = imageShape(input) ?? [];
  return height === undefined ? [...input.shape] : ([channels, height, width] as number[]);
}

/** uint8 [n, channels, height, width] → [n, height, width, channels] */
export function addChannelsLast(graph: Graph, part: string, planes: Output): Output {
  const permutation = graph.constant(int32Constant([0, 2, 3, 1]));
  const attributes = [attribute.type('T', 'uint8'), attribute.type('Tperm', 'int32')];
  return graph.add(`${part}/interleaved`, 'Transpose', [planes, permutation], attributes);
}

export function loadImages(
  session: Session,
  loading: Loading,
  { pixels, labels }: HeldImages,
  input: InputForm,
  rows: number,
): void {
  const count = labels.length;
  const allLabels = new Int32Array(rows);
  for (let start = 0; start < rows; start += count) allLabels.set(labels, start);
  session.run(
    [
      { to: loading.shape, values: Int32Array.of(rows, ...input.shape) },
      { to: loading.newLabels, values: allLabels },
    ],
    [loading.prepared],
  );
  const values = valuesOf(input);
  const atOnce = loadedAtOnce(input);
  for (let start = 0; start < count; start += atOnce) {
    const end = Math.min(start + atOnce, count);
    const number = end - start;
    const at = Int32Array.from({ length: (number * rows) / count }, (_, index) =>
      index < number ? start + index : count + start + index - number,
    );
    session.run(
      [
        {
          to: loading.planes,
          shape: [number, ...planesOf(input)],
          values: pixels.subarray(start * values, end * values),
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
 *
 * @param read gives the values of some rows, channels last, before they are normalised.
 */
export function checkLoaded(
  read: (indices: Int32Array) => [values: Float32Array, labels: Int32Array],
  { pixels, labels }: HeldImages,
  input: InputForm,
  mirrored: boolean,
): void {
  const count = labels.length;
  const size = valuesOf(input);
  const atOnce = loadedAtOnce(input);
  const checked: number[] = [];
  for (let start = 0; start < count; start += atOnce) {
    checked.push(start, Math.min(start + atOnce, count) - 1);
  }
  for (const isCopy of mirrored ? [false, true] : [false]) {
    const rows = Int32Array.from(checked, (image) => (isCopy ? count + image : image));
    const [values, gotLabels] = read(rows);
    for (const [position, image] of checked.entries()) {
      const got = values.subarray(position * size, (position + 1) * size);
      const given = pixels.subarray(image * size, (image + 1) * size);
      if (gotLabels[position] === labels[image] && isImage(got, given, input, isCopy)) continue;
      throw new DeviceUnavailableError(
        `expected the device to hold the images that it was given, got others in row ${rows[position]} of ${count}: it has lost ` +
          'an update; check its driver, or train on another device',
      );
    }
  }
}

// --- helpers ---

/** Loading all images at once would need several times their memory. */
const BYTES_LOADED_AT_ONCE = 2000 * 3 * 32 * 32;

function loadedAtOnce(input: InputForm): number {
  return Math.max(1, Math.floor(BYTES_LOADED_AT_ONCE / valuesOf(input)));
}

/** [n, height, width, channels] → [2n, height, width, channels]: the images, then their mirrored copies. */
function addMirrored(graph: Graph, upright: Output, input: InputForm): Output {
  const [height, width, channels] = imageShape(input) ?? [];
  if (height === undefined || width === undefined || channels === undefined) {
    throw new RangeError('expected images to mirror, got a table; set horizontalFlip to 0');
  }
  const uint8 = attribute.type('T', 'uint8');
  const reshape = (name: string, images: Output, shape: number[]) =>
    graph.add(name, 'Reshape', [images, graph.constant(int32Constant(shape))], [uint8, INT32_SHAPE]);
  // TensorFlow reverses rows of pixels several times faster than images.
  const rows = reshape('images/rows', upright, [-1, width, channels]);
  const tidx = attribute.type('Tidx', 'int32');
  const reversed = graph.add(
    'images/reversed',
    'ReverseV2',
    [rows, graph.constant(int32Constant([1]))],
    [uint8, tidx],
  );
  const mirrored = reshape('images/mirrored', reversed, [-1, height, width, channels]);
  const axis = graph.constant({ type: types.int32, shape: [], values: Int32Array.of(0) });
  return graph.add(
    'images/both',
    'ConcatV2',
    [upright, mirrored, axis],
    [attribute.int('N', 2), uint8, tidx],
  );
}

const INT32_SHAPE = attribute.type('Tshape', 'int32');

/** @param got channels last. @param given planes first. */
function isImage(got: Float32Array, given: Pixels, input: InputForm, isMirrored: boolean): boolean {
  const [height, width, channels] = imageShape(input) ?? [1, given.length, 1];
  const plane = height * width;
  for (let index = 0; index < given.length; index++) {
    const channel = Math.floor(index / plane);
    const row = Math.floor((index % plane) / width);
    const column = isMirrored ? width - 1 - (index % width) : index % width;
    if (!Object.is(got[(row * width + column) * channels + channel], given[index])) return false;
  }
  return true;
}
