import type { HeldImages } from '../../training/data/labelled-images.ts';

/** Images of ten classes that a network learns at once: a bright bar in the class's own rows, over noise. */
export function easyImages(count: number): HeldImages {
  const pixels = new Uint8Array(count * 3072);
  const labels = Uint8Array.from({ length: count }, (_, image) => image % 10);
  let noise = 12345;
  for (let image = 0; image < count; image++) {
    const firstRow = 3 * (labels[image] as number) + 1;
    for (let byte = 0; byte < 3072; byte++) {
      noise = (Math.imul(noise, 1103515245) + 12345) & 0x7fffffff;
      const row = Math.floor((byte % 1024) / 32);
      const bright = row >= firstRow && row < firstRow + 3;
      pixels[image * 3072 + byte] = (bright ? 170 : 0) + ((noise >>> 16) % 80);
    }
  }
  return { pixels, labels };
}

/** The numbers from `start` up to, not including, `end`. */
export function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, index) => start + index);
}
