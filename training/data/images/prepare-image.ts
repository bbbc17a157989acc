import sharp, { type Sharp } from 'sharp';
import type { ImagesData } from '../../../study/definition/data-schema.ts';
import { DataError } from '../data-error.ts';

/** How images are prepared. */
export type ImageForm = Pick<ImagesData, 'height' | 'width' | 'channels' | 'fit'>;

export interface PreparedImage {
  /** One plane after another, each row by row. */
  planes: Uint8Array;
  /** Before it was resized, upright. */
  width: number;
  height: number;
}

/** Twice the pixels of most phone cameras. */
const MOST_PIXELS = 100_000_000;

/**
 * Decodes a PNG, JPEG or WebP file and resizes it as stated: upright, on white where it is transparent, with libvips's Lanczos
 * kernel. An image of the stated size stays unchanged.
 *
 * @param where names the file in messages.
 * @throws {DataError} if it is another format, animated, damaged, or has more than 100 million pixels.
 */
export async function prepareImage(
  bytes: Uint8Array,
  form: ImageForm,
  where: string,
): Promise<PreparedImage> {
  const options = { limitInputPixels: MOST_PIXELS, failOn: 'error', sequentialRead: true } as const;
  try {
    const { format, pages = 1, autoOrient } = await sharp(bytes, options).metadata();
    if (!FORMATS.has(format))
      throw new DataError(`${where}: expected a PNG, JPEG or WebP image, got ${format}; convert it`);
    if (pages > 1)
      throw new DataError(`${where}: expected one image, got ${pages} in an animation; save one of them`);
    const upright = sharp(bytes, options).autoOrient().flatten({ background: 'white' });
    return { planes: await resized(upright, form), width: autoOrient.width, height: autoOrient.height };
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${where}: the image can't be decoded (${firstLine(cause)}); replace or remove it`, {
      cause,
    });
  }
}

/**
 * Resizes an image that is decoded already, in the same way.
 *
 * @param pixels channels last: grey or red, green and blue.
 */
export async function resizePixels(
  pixels: Uint8Array,
  from: { width: number; height: number; channels: 1 | 3 },
  form: ImageForm,
): Promise<Uint8Array> {
  return resized(sharp(pixels, { raw: from }), form);
}

/** `[height, width, channels]` to one plane after another. */
export function planesOfPixels(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return pixels;
  const planes = new Uint8Array(pixels.length);
  const plane = pixels.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    const start = channel * plane;
    for (let pixel = 0; pixel < plane; pixel++)
      planes[start + pixel] = pixels[pixel * channels + channel] as number;
  }
  return planes;
}

// --- helpers ---

const FORMATS: ReadonlySet<string | undefined> = new Set(['png', 'jpeg', 'webp']);
const FITS = { crop: 'cover', pad: 'contain', squash: 'fill' } as const;

// Every image is used once, and several are decoded at a time.
sharp.cache(false);
sharp.concurrency(1);

async function resized(image: Sharp, { height, width, channels, fit }: ImageForm): Promise<Uint8Array> {
  const { data, info } = await image
    .resize(width, height, { fit: FITS[fit], background: 'black' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  // libvips keeps a grey image's only channel.
  const pixels = info.channels === channels ? data : repeated(data, info.channels, channels);
  return planesOfPixels(pixels, channels);
}

function repeated(pixels: Uint8Array, from: number, channels: number): Uint8Array {
  const result = new Uint8Array((pixels.length / from) * channels);
  for (let index = 0; index < result.length; index++) {
    result[index] = pixels[Math.floor(index / channels) * from] as number;
  }
  return result;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}
