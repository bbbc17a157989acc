import { expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { tf } from '../../training/tensorflow/tensorflow.ts';
import { takeBatch, uploadImages } from './images.ts';

/** An image's byte at plane, row and column; different for most. */
const byteAt = (image: number, plane: number, row: number, column: number) =>
  (image * 101 + plane * 67 + row * 13 + column * 3) % 256;

const images = {
  pixels: Uint8Array.from({ length: 4 * 3072 }, (_, at) =>
    byteAt(Math.floor(at / 3072), Math.floor(at / 1024) % 3, Math.floor(at / 32) % 32, at % 32),
  ),
  labels: Uint8Array.from([7, 0, 9, 3]),
};

test('a batch has the requested images, channels last, normalised, mirrored as the flips say', () => {
  const before = tf.memory().numTensors;
  const [x, labels] = tf.tidy(() => {
    const batch = takeBatch(
      uploadImages(images, CIFAR10_INPUT),
      Int32Array.of(2, 0, 2),
      Uint8Array.of(0, 1, 1),
    );
    expect(batch.x.shape).toEqual([3, 32, 32, 3]);
    return [batch.x.dataSync(), batch.labels.dataSync()];
  });
  expect(tf.memory().numTensors).toBe(before);
  expect([...labels]).toEqual([9, 7, 9]);

  let largest = 0;
  for (const [position, [image, flipped]] of [
    [2, false],
    [0, true],
    [2, true],
  ].entries() as Iterable<[number, [number, boolean]]>) {
    for (let row = 0; row < 32; row++) {
      for (let column = 0; column < 32; column++) {
        for (let plane = 0; plane < 3; plane++) {
          const want = (byteAt(image, plane, row, flipped ? 31 - column : column) / 255 - 0.5) / 0.5;
          const got = x[((position * 32 + row) * 32 + column) * 3 + plane] as number;
          largest = Math.max(largest, Math.abs(got - want));
        }
      }
    }
  }
  expect(largest).toBeLessThan(3e-7);
});

test('without flips no image is mirrored', () => {
  const [plain, flipped] = tf.tidy(() => {
    const device = uploadImages(images, CIFAR10_INPUT);
    const indices = Int32Array.of(0, 1, 2, 3);
    return [takeBatch(device, indices, undefined), takeBatch(device, indices, new Uint8Array(4))].map(
      ({ x }) => x.dataSync(),
    );
  });
  expect(plain).toEqual(flipped);
});

test('refuses pixels and labels of different numbers of images', () => {
  expect(() => uploadImages({ ...images, labels: Uint8Array.of(1) }, CIFAR10_INPUT)).toThrow(
    'expected 3072 bytes for each of 1 labelled images, got 12288',
  );
});
