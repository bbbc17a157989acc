import type { ImageFile } from '../../trainer/protocol.ts';

/** What the header of an image says about it. */
export type ImageHeader = Omit<ImageFile, 'path'>;

/** The bytes are not a PNG or JPEG image; the message says what they are. */
export class ImageHeaderError extends Error {
  override name = 'ImageHeaderError';
}

/**
 * Reads the header of a PNG or JPEG file without decoding pixels. Lengths in the file are not trusted.
 *
 * @throws {ImageHeaderError} if the bytes are not such an image, or if the image has no pixels.
 */
export function readImageHeader(bytes: Buffer): ImageHeader {
  const header = isPng(bytes) ? pngHeader(bytes) : isJpeg(bytes) ? jpegHeader(bytes) : undefined;
  if (!header) throw new ImageHeaderError(`expected a PNG or JPEG image, got ${formatOf(bytes)}`);
  if (header.width < 1 || header.height < 1) {
    throw new ImageHeaderError(`the image has no pixels (${header.width}×${header.height})`);
  }
  return header;
}

// --- helpers ---

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const UPRIGHT = 1;

/** Formats that people might try, by their first bytes. */
const OTHER_FORMATS: [RegExp, string][] = [
  [/^GIF8/, 'a GIF; save a frame of it as PNG'],
  [/^RIFF....WEBP/s, 'a WebP image; save it as PNG'],
  [/^BM/, 'a BMP image; save it as PNG'],
  [/^(II\*\0|MM\0\*)/, 'a TIFF image; save it as PNG'],
  [/^....ftyp(hei|mif|avif)/s, 'a HEIC or AVIF image; save it as JPEG'],
  [/^%PDF/, 'a PDF'],
];

const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(PNG_SIGNATURE);
const isJpeg = (bytes: Buffer): boolean => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));

function formatOf(bytes: Buffer): string {
  if (bytes.length === 0) return 'an empty file';
  const start = bytes.subarray(0, 16).toString('latin1');
  return OTHER_FORMATS.find(([pattern]) => pattern.test(start))?.[1] ?? 'neither';
}

/** Transparent if the colour type has an alpha channel, or if a tRNS chunk before the pixels names transparent colours. */
function pngHeader(bytes: Buffer): ImageHeader {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') {
    throw new ImageHeaderError('the PNG is cut off within its header');
  }
  const colourType = bytes[25] as number;
  return {
    format: 'png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    transparent: (colourType & 4) !== 0 || pngChunksBeforePixels(bytes).includes('tRNS'),
    orientation: UPRIGHT,
  };
}

function pngChunksBeforePixels(bytes: Buffer): string[] {
  const types: string[] = [];
  // A chunk has 4 bytes of length, 4 of type, the content, and 4 of checksum.
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') break;
    types.push(type);
  }
  return types;
}

/** Reads the segments up to the frame's, which has the size. */
function jpegHeader(bytes: Buffer): ImageHeader {
  let orientation = UPRIGHT;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff)
      at++; // a fill byte
    else if (isStartOfFrame(marker)) {
      if (at + 9 > bytes.length) break;
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      return { format: 'jpeg', width, height, transparent: false, orientation };
    } else {
      const length = bytes.readUInt16BE(at + 2);
      if (marker === 0xe1)
        orientation = exifOrientation(bytes.subarray(at + 4, at + 2 + length)) ?? orientation;
      if (length < 2) break;
      at += 2 + length;
    }
  }
  throw new ImageHeaderError('the JPEG is damaged or cut off within its header');
}

/** C0 to CF, except three other markers in this range. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** The orientation (1 to 8) in the first directory of an EXIF segment. */
function exifOrientation(segment: Buffer): number | undefined {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  const tiff = segment.subarray(6);
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return undefined;
  const uint16 = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return undefined;
  const entries = uint16(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > tiff.length) return undefined;
    if (uint16(at) !== 0x0112) continue;
    const value = uint16(at + 8);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}
