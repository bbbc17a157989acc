import { describe, expect, it } from 'vitest';
import {
  checkPackedImages,
  PACKED_IMAGE_BYTES,
  PackedImagesError,
  unpackImages,
} from '../../../training/data/packed-images.ts';

describe('unpackImages', () => {
  it('separates labels from pixels, which stay in planes', () => {
    const packed = new Uint8Array(2 * PACKED_IMAGE_BYTES);
    packed.set([3, 11, 12], 0);
    packed[1 + 1024] = 13; // first green
    packed[PACKED_IMAGE_BYTES] = 9;
    packed[2 * PACKED_IMAGE_BYTES - 1] = 99; // last blue
    const { pixels, labels } = unpackImages(packed, 'here');
    expect([...labels]).toEqual([3, 9]);
    expect(pixels).toHaveLength(2 * 3072);
    expect([pixels[0], pixels[1], pixels[1024], pixels[2 * 3072 - 1]]).toEqual([11, 12, 13, 99]);
  });

  it.each([0, 1, PACKED_IMAGE_BYTES - 1, 2 * PACKED_IMAGE_BYTES + 5])('refuses %i bytes', (length) => {
    expect(() => unpackImages(new Uint8Array(length), 'here')).toThrow(PackedImagesError);
    expect(() => unpackImages(new Uint8Array(length), 'here')).toThrow(
      `here: expected one or more packed images of 3073 bytes, got ${length} bytes`,
    );
  });

  it('names the image whose label is out of range', () => {
    const packed = new Uint8Array(4 * PACKED_IMAGE_BYTES);
    packed[2 * PACKED_IMAGE_BYTES] = 10;
    expect(() => checkPackedImages(packed, 'here')).toThrow(
      'here: expected a label from 0 to 9 in image 2 (counted from 0), got 10',
    );
  });
});
