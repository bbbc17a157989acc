import { describe, expect, it } from 'vitest';
import { decodeImage, type EncodedImage } from '../../../training/tensorflow/decode-image.ts';
import { type Tensor, tf } from '../../../training/tensorflow/tensorflow.ts';

type Colour = (y: number, x: number) => number[];

const SIDE = 32;
/** Different in every pixel and channel. */
const motley: Colour = (y, x) => [(7 * y + x) % 256, (11 * x + 3 * y) % 256, (5 * (x ^ y)) % 256];

describe('an image of 32×32 pixels', () => {
  it('stays unchanged', async () => {
    expect(await decoded(motley, SIDE, SIDE)).toEqual(planes(motley));
  });

  it('is rotated and mirrored according to EXIF', async () => {
    const last = SIDE - 1;
    /** The place of an upright image's pixel in the stored image. */
    const places: [number, (y: number, x: number) => [number, number]][] = [
      [2, (y, x) => [y, last - x]], // mirrored
      [3, (y, x) => [last - y, last - x]], // upside down
      [4, (y, x) => [last - y, x]],
      [5, (y, x) => [x, y]],
      [6, (y, x) => [last - x, y]], // to be rotated right
      [7, (y, x) => [last - x, last - y]],
      [8, (y, x) => [x, last - y]], // to be rotated left
    ];
    for (const [orientation, from] of places) {
      const upright = planes((y, x) => motley(...from(y, x)));
      expect(await decoded(motley, SIDE, SIDE, { orientation })).toEqual(upright);
    }
  });

  it('gets a white background if it is transparent', async () => {
    const alpha = (x: number) => 8 * x;
    const seen = planes((y, x) =>
      motley(y, x).map((value) => Math.round((value * alpha(x)) / 255 + 255 * (1 - alpha(x) / 255))),
    );
    const stored: Colour = (y, x) => [...motley(y, x), alpha(x)];
    expect(await decoded(stored, SIDE, SIDE, { transparent: true })).toEqual(seen);
  });

  it('has three equal channels if it is grey', async () => {
    const grey: Colour = (y, x) => [(5 * y + 3 * x) % 256];
    const seen = planes((y, x) => Array.from({ length: 3 }, () => grey(y, x)[0] as number));
    expect(await decoded(grey, SIDE, SIDE)).toEqual(seen);
  });
});

it('uses the square in the middle of a wide or high image', async () => {
  const inside: Colour = (y, x) => (x >= 20 && x < 20 + SIDE ? motley(y, x - 20) : [255, 0, 0]);
  expect(await decoded(inside, SIDE, SIDE + 40)).toEqual(planes(motley));
  expect(await decoded((y, x) => inside(x, y), SIDE + 40, SIDE)).toEqual(planes((y, x) => motley(x, y)));
});

it('averages pixels of larger images', async () => {
  const chequers: Colour = (y, x) => Array.from({ length: 3 }, () => ((x + y) % 2 ? 255 : 0));
  for (const value of (await decoded(chequers, 320, 320)) ?? []) {
    expect(value).toBeGreaterThanOrEqual(126);
    expect(value).toBeLessThanOrEqual(129);
  }
});

it('enlarges smaller images', async () => {
  expect(await decoded(() => [200, 100, 50], 1, 1)).toEqual(planes(() => [200, 100, 50]));
  const ramp = await decoded((_, x) => (x === 0 ? [0, 0, 0] : [255, 255, 255]), 2, 2);
  const row = [...(ramp ?? [])].slice(0, SIDE);
  expect(row).toEqual([...row].sort((a, b) => a - b));
  expect([row[0], row[15], row[16], row[31]]).toEqual([0, 120, 135, 255]);
});

it('reads JPEG within its compression error', async () => {
  const soft: Colour = (y, x) => [4 * y + 60, 200 - 3 * x, 128];
  const image = picture(soft, SIDE, SIDE);
  const bytes = await tf.node.encodeJpeg(image as never, 'rgb', 100);
  image.dispose();
  const read = decodeImage(bytes, file({ format: 'jpeg' }));
  const expected = planes(soft);
  expect(Math.max(...read.map((value, index) => Math.abs(value - (expected[index] as number))))).toBeLessThan(
    8,
  );
});

it('reports a damaged image, and leaves nothing on the device', async () => {
  const image = picture(motley, SIDE, SIDE);
  const bytes = await tf.node.encodePng(image as never);
  image.dispose();
  const before = tf.memory().numTensors;
  decodeImage(bytes, file({}));
  expect(() => decodeImage(bytes.subarray(0, bytes.length / 2), file({}))).toThrow(
    "the PNG is damaged or cut off: its pixels can't be decoded",
  );
  expect(() => decodeImage(bytes, file({ width: 64 }))).toThrow(
    'expected 64×32 pixels, as in its header, got 32×32',
  );
  expect(tf.memory().numTensors).toBe(before);
});

// --- helpers ---

function file(change: Partial<EncodedImage>): EncodedImage {
  return { format: 'png', width: SIDE, height: SIDE, transparent: false, orientation: 1, ...change };
}

async function decoded(colour: Colour, height: number, width: number, change: Partial<EncodedImage> = {}) {
  const image = picture(colour, height, width);
  const bytes = await tf.node.encodePng(image as never);
  image.dispose();
  return decodeImage(bytes, file({ height, width, ...change }));
}

function picture(colour: Colour, height: number, width: number): Tensor {
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => colour(y, x)),
  );
  return tf.tensor3d(rows, undefined, 'int32');
}

/** As in CIFAR-10's packed images. */
function planes(colour: Colour): Uint8Array {
  return Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, index) => {
    const [channel, pixel] = [Math.floor(index / SIDE ** 2), index % SIDE ** 2];
    return colour(Math.floor(pixel / SIDE), pixel % SIDE)[channel] as number;
  });
}
