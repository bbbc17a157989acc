import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageFile } from '../../../client/images/image-file.ts';
import { ImageHeaderError, readImageHeader } from '../../../client/images/image-header.ts';

describe('readImageHeader', () => {
  it.each([
    ['grey', 0, false, []],
    ['colour', 2, false, []],
    ['a palette', 3, false, [chunk('PLTE', 3)]],
    ['a palette with a transparent colour', 3, true, [chunk('PLTE', 3), chunk('tRNS', 1)]],
    ['grey and alpha', 4, true, []],
    ['colour and alpha', 6, true, []],
  ])('reads size and transparency of a PNG of %s', (_, colourType, transparent, chunks) => {
    const header = { format: 'png', width: 300, height: 70_000, transparent, orientation: 1 };
    expect(readImageHeader(png(300, 70_000, colourType, chunks))).toEqual(header);
  });

  it.each(['baseline', 'progressive'] as const)('reads size and orientation of a %s JPEG', (kind) => {
    for (const order of ['II', 'MM'] as const) {
      for (const orientation of [1, 6, 8]) {
        const bytes = jpeg(640, 480, kind, exif(order, orientation));
        const header = { format: 'jpeg', width: 640, height: 480, transparent: false, orientation };
        expect(readImageHeader(bytes)).toEqual(header);
      }
    }
  });

  it.each([{ lossless: true }, { lossless: false }])('reads the size of a WebP, %j', async (options) => {
    const create = { width: 300, height: 17, channels: 3 as const, background: 'red' };
    const bytes = await sharp({ create }).webp(options).toBuffer();
    expect(readImageHeader(bytes)).toMatchObject({ format: 'webp', width: 300, height: 17 });
    const clear = await sharp({ create: { ...create, channels: 4 as const } })
      .webp(options)
      .toBuffer();
    expect(readImageHeader(clear)).toMatchObject({ format: 'webp', width: 300, height: 17 });
  });

  it('treats an invalid orientation and damaged EXIF as upright', () => {
    const broken = exif('II', 6);
    broken.writeUInt32LE(0xffff_fff0, 6 + 4);
    for (const segment of [exif('II', 0), exif('MM', 9), broken, exif('II', 6).subarray(0, 12)]) {
      expect(readImageHeader(jpeg(8, 8, 'baseline', segment)).orientation).toBe(1);
    }
  });

  it.each([
    ['GIF89a\x01\x00\x01\x00', /got a GIF/],
    ['RIFF\x00\x00\x00\x00WEBPVP8 ', /the WebP is cut off/],
    ['BM\x00\x00', /got a BMP/],
    ['\x00\x00\x00\x18ftypheic', /got a HEIC/],
    ['%PDF-1.7', /got a PDF/],
    ['not an image\n', /expected a PNG, JPEG or WebP image, got none of them/],
    ['', /got an empty file/],
  ])('names the format of %j', (text, message) => {
    expect(() => readImageHeader(Buffer.from(text, 'latin1'))).toThrow(message);
  });

  it('says that there are no pixels', () => {
    expect(() => readImageHeader(png(0, 5, 2))).toThrow('the image has no pixels (0×5)');
    expect(() => readImageHeader(jpeg(5, 0, 'baseline'))).toThrow('the image has no pixels (5×0)');
  });

  it('gives a header or an ImageHeaderError, whatever the bytes', () => {
    const images = [png(9, 9, 6, [chunk('tRNS', 4)]), jpeg(9, 9, 'baseline', exif('MM', 3))];
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        fc.constantFrom(...images),
        fc.array(change, { maxLength: 6 }),
        fc.nat(),
        (image, changes, length) => {
          const bytes = Buffer.from(image);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          try {
            readImageHeader(bytes.subarray(0, length % (bytes.length + 1)));
          } catch (error) {
            expect(error).toBeInstanceOf(ImageHeaderError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('imageFile', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-file-'));
    await writeFile(join(folder, 'small.png'), png(4, 4, 2));
    await writeFile(join(folder, 'huge.png'), png(60_000, 60_000, 2));
    await writeFile(join(folder, 'text.jpg'), 'no image');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives the path of a file and its header', async () => {
    const path = join(folder, 'small.png');
    expect(await imageFile(path)).toMatchObject({ path, format: 'png', width: 4, height: 4 });
  });

  it.each([
    ['huge.png', /huge\.png: expected at most 100 million pixels, got 60000×60000; make the image smaller$/],
    ['text.jpg', /text\.jpg: expected a PNG, JPEG or WebP image, got none of them$/],
    ['none.png', /none\.png: no such file$/],
    ['.', /: expected an image file, got a folder$/],
  ])('refuses %s in one line', async (name, message) => {
    await expect(imageFile(join(folder, name))).rejects.toThrow(message);
  });
});

// --- helpers ---

function png(width: number, height: number, colourType: number, chunks: Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = chunk('IDAT', deflateSync(Buffer.alloc(8)));
  // A tRNS chunk after the pixels has no effect.
  return Buffer.concat([signature, chunk('IHDR', header), ...chunks, pixels, chunk('tRNS', 2)]);
}

/** Checksums are zero: they are checked only when pixels are decoded. */
function chunk(type: string, content: Buffer | number): Buffer {
  const bytes = typeof content === 'number' ? Buffer.alloc(content) : content;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, Buffer.from(type), bytes, Buffer.alloc(4)]);
}

function jpeg(width: number, height: number, kind: 'baseline' | 'progressive', exif?: Buffer): Buffer {
  const frame = Buffer.alloc(15);
  frame[0] = 8;
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const segments = [
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...(exif ? [segment(0xe1, exif)] : []),
    Buffer.from([0xff]), // a fill byte
    segment(0xc4, Buffer.alloc(4)),
    segment(kind === 'baseline' ? 0xc0 : 0xc2, frame),
  ];
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments]);
}

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

/** An EXIF segment with another entry before the orientation. */
function exif(order: 'II' | 'MM', orientation: number): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 24);
  const uint16 = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const uint32 = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(order, 0);
  uint16(42, 2);
  uint32(8, 4);
  uint16(2, 8);
  uint16(0x010f, 10);
  uint16(0x0112, 22);
  uint16(3, 24);
  uint32(1, 26);
  uint16(orientation, 30);
  return Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
}
