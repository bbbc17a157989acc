import { expect, test } from 'vitest';
import { usedImages } from '../../../training/data/used-images.ts';

const images = {
  pixels: Uint8Array.from({ length: 10 }, (_, at) => at),
  labels: Uint8Array.of(5, 6, 7, 8, 9),
};

test('keeps only the images that are used, and adapts the indices', () => {
  const used = usedImages(images, [Int32Array.of(4, 1), Int32Array.of(1, 3)]);
  expect([...(used.images.pixels as Uint8Array)]).toEqual([2, 3, 6, 7, 8, 9]);
  expect([...used.images.labels]).toEqual([6, 8, 9]);
  expect(used.indices.map((list) => [...list])).toEqual([
    [2, 0],
    [0, 1],
  ]);
});

test('copies nothing if all images are used', () => {
  const used = usedImages(images, [Int32Array.of(4, 1, 2), Int32Array.of(0, 3)]);
  expect(used.images.pixels).toBe(images.pixels);
  expect([...(used.indices[0] as Int32Array)]).toEqual([4, 1, 2]);
});
