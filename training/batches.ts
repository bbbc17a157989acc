import { IMAGE_CHANNELS, IMAGE_SIZE } from '../study/definition/network-shapes.ts';
import {
  attribute,
  runOp,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
  uint8Tensor,
} from './tensorflow/tensorflow.ts';

const IMAGE_BYTES = IMAGE_CHANNELS * IMAGE_SIZE * IMAGE_SIZE;

/** Images as CIFAR-10's records hold them. */
export interface LabelledImages {
  /** n × 3072 bytes: an image's red plane, then green, then blue, each row by row. */
  pixels: Uint8Array;
  /** n class numbers, 0 to 9. */
  labels: Uint8Array;
}

/** Images ready to be gathered on the device. */
export type DeviceImages = {
  /** uint8 [n, 32, 32, 3]; see `uint8Tensor` for what it may be used with. */
  pixels: Tensor;
  /** int32 [n]. */
  labels: Tensor1D;
};

/** One step's images. */
export type Batch = {
  /** [batch, 32, 32, 3], in −1 to 1. */
  x: Tensor4D;
  /** int32 [batch]. */
  labels: Tensor1D;
};

/**
 * Copies images to the device, channels last. The arrays must not be written to any more.
 *
 * @throws RangeError where pixels and labels don't have the same number of images.
 */
export function uploadImages({ pixels, labels }: LabelledImages): DeviceImages {
  if (pixels.length !== labels.length * IMAGE_BYTES) {
    throw new RangeError(
      `expected ${IMAGE_BYTES} bytes for each of ${labels.length} labelled images, got ${pixels.length}`,
    );
  }
  const planes = uint8Tensor(pixels, [labels.length, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE]);
  const permutation = tf.tensor1d([0, 2, 3, 1], 'int32');
  const interleaved = runOp(
    'Transpose',
    [attribute.type('T', 'uint8'), attribute.type('Tperm', 'int32')],
    [planes, permutation],
  );
  tf.dispose([planes, permutation]);
  return { pixels: interleaved, labels: tf.tensor1d(Int32Array.from(labels), 'int32') };
}

/**
 * The images at the given indices, mirrored left to right where `flips` is 1, scaled to 0…1 and normalised with mean
 * 0.5 and deviation 0.5. The caller disposes of the batch.
 */
export function takeBatch(images: DeviceImages, indices: Int32Array, flips: Uint8Array | undefined): Batch {
  return tf.tidy(() => {
    const rows = tf.tensor1d(indices, 'int32');
    let pixels = gather(images.pixels, rows, 'uint8');
    if (flips) pixels = mirror(pixels, flips);
    const values = runOp(
      'Cast',
      [attribute.type('SrcT', 'uint8'), attribute.type('DstT', 'float32')],
      [pixels],
    );
    // (p / 255 − 0.5) / 0.5
    const x = tf.sub(tf.mul(values, 2 / 255), 1) as Tensor4D;
    return { x, labels: gather(images.labels, rows, 'int32') as Tensor1D };
  });
}

// --- helpers ---

/** By name, since tfjs's own gather knows no uint8. */
function gather(from: Tensor, rows: Tensor1D, type: 'uint8' | 'int32'): Tensor {
  return runOp(
    'GatherV2',
    [
      attribute.int('batch_dims', 0),
      attribute.type('Tparams', type),
      attribute.type('Tindices', 'int32'),
      attribute.type('Taxis', 'int32'),
    ],
    [from, rows, tf.scalar(0, 'int32')],
  );
}

/** pixels: uint8 [batch, height, width, channels]. */
function mirror(pixels: Tensor, flips: Uint8Array): Tensor {
  const widthAxis = tf.tensor1d([2], 'int32');
  const type = attribute.type('T', 'uint8');
  const mirrored = runOp('ReverseV2', [type, attribute.type('Tidx', 'int32')], [pixels, widthAxis]);
  // The first version of Select takes a condition for each row; the second would have to broadcast it.
  return runOp('Select', [type], [tf.tensor1d(flips, 'bool'), mirrored, pixels]);
}
