import type { ReadExamples } from '../read-examples.ts';
import { type ImageForm, planesOfPixels, resizePixels } from './prepare-image.ts';

/** Images that are decoded already, all of one size. */
export interface HeldImages {
  count: number;
  height: number;
  width: number;
  channels: 1 | 3;
  pixels: Uint8Array;
  /** Whether each image has one plane after another. Default: channels last. */
  hasPlanes?: boolean;
}

/** Hands over images, resized as stated; one part after another. */
export function heldImages(parts: readonly HeldImages[], form: ImageForm): ReadExamples['read'] {
  return async (take) => {
    let index = 0;
    for (const { count, height, width, channels, pixels, hasPlanes = false } of parts) {
      const size = { height, width };
      const bytes = height * width * channels;
      const fits = height === form.height && width === form.width && channels === form.channels;
      for (let image = 0; image < count; image++) {
        const own = pixels.subarray(image * bytes, (image + 1) * bytes);
        const values = fits
          ? hasPlanes
            ? own
            : planesOfPixels(own, channels)
          : await resizePixels(hasPlanes ? channelsLast(own, channels) : own, { ...size, channels }, form);
        await take({ index: index++, values, size });
      }
    }
  };
}

// --- helpers ---

function channelsLast(planes: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return planes;
  const plane = planes.length / channels;
  return planes.map(
    (_, index) => planes[(index % channels) * plane + Math.floor(index / channels)] as number,
  );
}
