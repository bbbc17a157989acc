import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { PACKED_IMAGE_BYTES } from './packed-images.ts';

/** What the generated images show, by label. */
const GENERATED_CLASSES = [
  'horizontal stripes',
  'vertical stripes',
  'rising stripes',
  'falling stripes',
  'chequers',
  'dots',
  'disc',
  'ring',
  'square',
  'cross',
] as const;

export interface GeneratedImages {
  /** Packed as in CIFAR-10's binary files. */
  train: Buffer;
  test: Buffer;
  trainImages: number;
  testImages: number;
  classes: string[];
}

/**
 * Images to try a study without real ones: patterns of random place, size, contrast and colour under noise, equally
 * many of each class. The place of a pattern carries no information, so convolutions recognise what dense layers hardly
 * can. Each class leans towards a hue, which both learn at once. Equal counts give equal bytes.
 *
 * @param counts multiples of ten.
 */
export function generateImages(
  { trainImages, testImages } = { trainImages: 2_000, testImages: 500 },
): GeneratedImages {
  return {
    train: generatePacked(trainImages, 1),
    test: generatePacked(testImages, 2),
    trainImages,
    testImages,
    classes: [...GENERATED_CLASSES],
  };
}

// --- helpers ---

const {
  shape: [IMAGE_SIZE, , IMAGE_CHANNELS],
  classes: CLASSES,
} = CIFAR10_INPUT as { shape: [number, number, number]; classes: number };
const PLANE = IMAGE_SIZE * IMAGE_SIZE;
/** Amplitude of the noise, of 255. */
const NOISE = 30;
/** How far a class leans towards its hue, of 255. */
const LEANING = 14;

function generatePacked(count: number, seed: number): Buffer {
  if (count % CLASSES !== 0) throw new RangeError(`expected a multiple of ${CLASSES} images, got ${count}`);
  const random = xoroshiro128plus(seed);
  const packed = Buffer.alloc(count * PACKED_IMAGE_BYTES);
  for (let index = 0; index < count; index++) {
    drawImage(
      packed.subarray(index * PACKED_IMAGE_BYTES, (index + 1) * PACKED_IMAGE_BYTES),
      index % CLASSES,
      random,
    );
  }
  return packed;
}

function drawImage(packed: Buffer, label: number, random: RandomGenerator): void {
  packed[0] = label;
  const shape = drawShape(label, random);
  const contrast = between(random, 70, 130) * (random.next() < 0 ? -1 : 1);
  for (let channel = 0; channel < IMAGE_CHANNELS; channel++) {
    const hue = LEANING * Math.cos(2 * Math.PI * (label / CLASSES + channel / 3));
    const background = between(random, 70, 185) + hue;
    const difference = contrast * between(random, 0.5, 1.2);
    for (let pixel = 0; pixel < PLANE; pixel++) {
      const inside = shape(pixel % IMAGE_SIZE, Math.floor(pixel / IMAGE_SIZE)) ? 0.5 : -0.5;
      const value = background + inside * difference + between(random, -NOISE, NOISE);
      packed[1 + channel * PLANE + pixel] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
}

type Shape = (x: number, y: number) => boolean;

/** A pattern of the class in a random place and size. */
function drawShape(label: number, random: RandomGenerator): Shape {
  const period = between(random, 6, 10);
  const shift = between(random, 0, period);
  const otherShift = between(random, 0, period);
  const half = (value: number): boolean => (((value % period) + period) % period) * 2 < period;
  const radius = between(random, 6, 10);
  const centreX = between(random, radius, IMAGE_SIZE - radius);
  const centreY = between(random, radius, IMAGE_SIZE - radius);
  const distance = (x: number, y: number): number => Math.hypot(x - centreX, y - centreY);
  const reach = (x: number, y: number): number => Math.max(Math.abs(x - centreX), Math.abs(y - centreY));
  const nearest = (x: number, y: number): number => Math.min(Math.abs(x - centreX), Math.abs(y - centreY));

  const shapes: Shape[] = [
    (_x, y) => half(y + shift),
    (x) => half(x + shift),
    (x, y) => half((x + y) * Math.SQRT1_2 + shift),
    (x, y) => half((x - y) * Math.SQRT1_2 + shift),
    (x, y) => half(x + shift) !== half(y + otherShift),
    (x, y) => half(x + shift) && half(y + otherShift),
    (x, y) => distance(x, y) < radius,
    (x, y) => distance(x, y) < radius && distance(x, y) > radius / 2,
    (x, y) => reach(x, y) < radius * 0.85,
    (x, y) => reach(x, y) < radius && nearest(x, y) < radius / 3,
  ];
  return shapes[label] as Shape;
}

function between(random: RandomGenerator, from: number, to: number): number {
  return from + uniformFloat32(random) * (to - from);
}
