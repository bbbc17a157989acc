import type { ImageFile } from '../../trainer/protocol.ts';

/** What the header of an image says about it. */
export type ImageHeader = Omit<ImageFile, 'path'>;

/** The bytes are not a PNG, JPEG or WebP image; the message says what they are. */
export class ImageHeaderError extends Error {
  override name = 'ImageHeaderError';
}

/**
 * Reads the header of a PNG, JPEG or WebP file without decoding pixels. Lengths in the file are not trusted.
 *
 * @throws {ImageHeaderError} if the bytes are not such an image, or if the image has no pixels.
 */
export function readImageHeader(bytes: Buffer): ImageHeader {
  const header = headerOf(bytes);
  if (!header) throw new ImageHeaderError(`expected a PNG, JPEG or WebP image, got ${formatOf(bytes)}`);
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
  [/^BM/, 'a BMP image; save it as PNG'],
  [/^(II\*\0|MM\0\*)/, 'a TIFF image; save it as PNG'],
  [/^....ftyp(hei|mif|avif)/s, 'a HEIC or AVIF image; save it as JPEG'],
  [/^%PDF/, 'a PDF'],
];

const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(PNG_SIGNATURE);
const isJpeg = (bytes: Buffer): boolean => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));

const isWebp = (bytes: Buffer): boolean => /^RIFF....WEBP$/s.test(bytes.toString('latin1', 0, 12));

function headerOf(bytes: Buffer): ImageHeader | undefined {
  if (isPng(bytes)) return pngHeader(bytes);
  if (isJpeg(bytes)) return jpegHeader(bytes);
  return isWebp(bytes) ? webpHeader(bytes) : undefined;
}

function formatOf(bytes: Buffer): string {
  if (bytes.length === 0) return 'an empty file';
  const start = bytes.subarray(0, 16).toString('latin1');
  return OTHER_FORMATS.find(([pattern]) => pattern.test(start))?.[1] ?? 'none of them';
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

/** The first chunk has the size: lossy (VP8), lossless (VP8L), or with other features (VP8X). */
function webpHeader(bytes: Buffer): ImageHeader {
  if (bytes.length < 30) throw new ImageHeaderError('the WebP is cut off within its header');
  const chunk = bytes.toString('latin1', 12, 16);
  const header = { format: 'webp', transparent: true, orientation: UPRIGHT } as const;
  if (chunk === 'VP8X') {
    return { ...header, width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  }
  if (chunk === 'VP8L') {
    const sizes = bytes.readUInt32LE(21);
    return { ...header, width: 1 + (sizes & 0x3fff), height: 1 + ((sizes >>> 14) & 0x3fff) };
  }
  return { ...header, width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
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
