import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { attribute, runOp, type Tensor, tf, uint8Tensor } from './tensorflow.ts';

/** What the header of an image file says. */
export interface EncodedImage {
  format: 'png' | 'jpeg' | 'webp';
  /** Pixels. */
  width: number;
  height: number;
  /** Whether pixels can be transparent. */
  transparent: boolean;
  /** EXIF's orientation, 1 to 8; 1 is upright. */
  orientation: number;
}

/**
 * Decodes an image file for a network: the square in the middle, resized to 32×32, upright. Transparent images get a white
 * background; grey images have three equal channels. Resizing is bilinear and antialiased: TensorFlow's `ScaleAndTranslate`
 * with a triangle kernel, like `tf.image.resize(…, antialias=True)` and Pillow's `BILINEAR`. An image of 32×32 pixels stays
 * unchanged.
 *
 * @returns red, green and blue plane, each row by row, as in CIFAR-10's packed images.
 * @throws {Error} that says what is wrong with the file.
 */
export function decodeImage(bytes: Uint8Array, file: EncodedImage): Uint8Array {
  return tf.tidy(() => upright(resized(square(bytes, file)), file.orientation) as never);
}

// --- helpers ---

const [IMAGE_SIZE, , IMAGE_CHANNELS] = CIFAR10_INPUT.shape as [number, number, number];

const RGBA = 4;
const UINT8 = attribute.type('T', 'uint8');
const JPEG_DEFAULTS = [
  attribute.int('ratio', 1),
  attribute.flag('fancy_upscaling', true),
  attribute.flag('try_recover_truncated', false),
  attribute.float('acceptable_fraction', 1),
  attribute.text('dct_method', ''),
];

/** uint8 [1, side, side, 3], the middle of the image. */
function square(bytes: Uint8Array, file: EncodedImage): Tensor {
  const decoded = decode(bytes, file);
  const [height, width, channels] = decoded.shape as [number, number, number];
  // The file may have changed since its header was read.
  if (height !== file.height || width !== file.width) {
    throw new Error(`expected ${file.width}×${file.height} pixels, as in its header, got ${width}×${height}`);
  }
  const side = Math.min(height, width);
  const middle = runOp(
    'Slice',
    [UINT8, attribute.type('Index', 'int32')],
    [
      decoded,
      tf.tensor1d([Math.floor((height - side) / 2), Math.floor((width - side) / 2), 0], 'int32'),
      tf.tensor1d([side, side, channels], 'int32'),
    ],
  );
  const pixels = channels === RGBA ? onWhite(middle, side) : middle;
  const shape = tf.tensor1d([1, side, side, IMAGE_CHANNELS], 'int32');
  return runOp('Reshape', [UINT8, attribute.type('Tshape', 'int32')], [pixels, shape]);
}

/** uint8 [height, width, 3], or 4 if pixels can be transparent. Run by name, because tfjs would convert it to int32. */
function decode(bytes: Uint8Array, { format, transparent }: EncodedImage): Tensor {
  const contents = tf.scalar(bytes as never, 'string');
  if (format === 'webp')
    throw new Error('expected PNG or JPEG for a network on CIFAR-10, got WebP; save it as PNG');
  const channels = attribute.int('channels', transparent ? RGBA : IMAGE_CHANNELS);
  try {
    return format === 'png'
      ? runOp('DecodePng', [channels, attribute.type('dtype', 'uint8')], [contents])
      : runOp('DecodeJpeg', [channels, ...JPEG_DEFAULTS], [contents]);
  } catch (cause) {
    throw new Error(`the ${format.toUpperCase()} is damaged or cut off: its pixels can't be decoded`, {
      cause,
    });
  }
}

/** [side, side, 4] → [side, side, 3]. */
function onWhite(pixels: Tensor, side: number): Tensor {
  // tfjs can't read uint8 values, but it can read four of them as an int32.
  const words = runOp('Bitcast', [UINT8, attribute.type('type', 'int32')], [pixels]);
  const rgba = new Uint8Array((words.dataSync() as Int32Array).buffer);
  const rgb = new Uint8Array(side * side * IMAGE_CHANNELS);
  for (let from = 0, to = 0; from < rgba.length; from += RGBA) {
    const alpha = (rgba[from + 3] as number) / 255;
    for (let channel = 0; channel < IMAGE_CHANNELS; channel++) {
      rgb[to++] = Math.round((rgba[from + channel] as number) * alpha + 255 * (1 - alpha));
    }
  }
  return uint8Tensor(rgb, [side, side, IMAGE_CHANNELS]);
}

/** 32 × 32 × 3 values, row by row. */
function resized(image: Tensor): Float32Array {
  const scale = IMAGE_SIZE / (image.shape[1] as number);
  const small = runOp(
    'ScaleAndTranslate',
    [UINT8, attribute.text('kernel_type', 'triangle'), attribute.flag('antialias', true)],
    [image, tf.tensor1d([IMAGE_SIZE, IMAGE_SIZE], 'int32'), tf.tensor1d([scale, scale]), tf.tensor1d([0, 0])],
  );
  return small.dataSync() as Float32Array;
}

/** Rounds, separates the planes, and rotates and mirrors the image according to EXIF's orientation. */
function upright(values: Float32Array, orientation: number): Uint8Array {
  const last = IMAGE_SIZE - 1;
  const plane = IMAGE_SIZE * IMAGE_SIZE;
  const planes = new Uint8Array(IMAGE_CHANNELS * plane);
  for (let y = 0; y < IMAGE_SIZE; y++) {
    for (let x = 0; x < IMAGE_SIZE; x++) {
      // From 5 on, rows and columns are swapped.
      const [row, column] = orientation > 4 ? [x, y] : [y, x];
      const fromRow = [3, 4, 6, 7].includes(orientation) ? last - row : row;
      const fromColumn = [2, 3, 7, 8].includes(orientation) ? last - column : column;
      for (let channel = 0; channel < IMAGE_CHANNELS; channel++) {
        const value = values[(fromRow * IMAGE_SIZE + fromColumn) * IMAGE_CHANNELS + channel] as number;
        planes[channel * plane + y * IMAGE_SIZE + x] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return planes;
}
