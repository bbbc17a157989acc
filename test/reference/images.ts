/**
 * Reference: batches of images, operation by operation. Nothing here runs in training; the compiled engine
 * (`training/compile/images.ts`) is checked against it.
 */
import { type InputForm, valuesOf } from '../../study/definition/input-form.ts';
import { planesOf } from '../../training/compile/loading.ts';
import type { HeldImages } from '../../training/data/labelled-images.ts';
import type { Batch } from '../../training/networks/network-function.ts';
import {
  attribute,
  runOp,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
  uint8Tensor,
} from '../../training/tensorflow/tensorflow.ts';

/** Images on the device. */
export type DeviceImages = {
  /** uint8 [n, height, width, channels]; see `uint8Tensor` for what may use it. */
  pixels: Tensor;
  /** int32 [n]. */
  labels: Tensor1D;
};

/**
 * Copies images to the device, channels last. Don't write to the arrays again.
 *
 * @throws {RangeError} if pixels and labels have different numbers of images.
 */
export function uploadImages({ pixels, labels }: HeldImages, input: InputForm): DeviceImages {
  const bytes = valuesOf(input);
  if (pixels.length !== labels.length * bytes) {
    throw new RangeError(
      `expected ${bytes} bytes for each of ${labels.length} labelled images, got ${pixels.length}`,
    );
  }
  const planes = uint8Tensor(pixels as Uint8Array, [labels.length, ...planesOf(input)]);
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
 * The images at the given indices, mirrored left to right if their `flips` is 1, scaled to 0…1 and normalised with mean
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

/** By name, because tfjs's own gather has no uint8. */
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
