import type { ImagesData } from '../../../study/definition/data-schema.ts';
import type { NpyArray } from '../arrays/npy.ts';
import { arrayNames, readArrays } from '../arrays/npz.ts';
import { DataError } from '../data-error.ts';
import { numbered } from '../numbered.ts';
import type { ReadExamples } from '../read-examples.ts';
import type { SourceFiles } from '../sources/source-file.ts';
import { type HeldImages, heldImages } from './held-images.ts';

/**
 * Reads images from the arrays of an `.npz` file: `images` and `labels`, or `train_images`, `train_labels`, `test_images` and
 * `test_labels`; also with `x` for images and `y` for labels. Images are [n, height, width] or [n, height, width, 1 or 3]:
 * bytes, or other numbers from 0 to 255, or from 0 to 1.
 *
 * @throws {DataError}
 */
export async function readImageArrays(
  source: SourceFiles,
  where: string,
  data: Pick<ImagesData, 'height' | 'width' | 'channels' | 'fit' | 'groups'>,
): Promise<ReadExamples> {
  const names = arrayNames(source) ?? [];
  const find = (...choices: string[]) => names.find((name) => choices.includes(name.toLowerCase()));
  const sides = [
    {
      images: find('train_images', 'x_train', 'train_x'),
      labels: find('train_labels', 'y_train', 'train_y'),
      isTest: 0,
    },
    {
      images: find('test_images', 'x_test', 'test_x'),
      labels: find('test_labels', 'y_test', 'test_y'),
      isTest: 1,
    },
    { images: find('images', 'x', 'data'), labels: find('labels', 'y', 'target'), isTest: 0 },
  ];
  const given = sides.filter(({ images, labels }) => images !== undefined && labels !== undefined);
  const [first] = given;
  const hasSides = first === sides[0];
  const used = hasSides ? given.slice(0, 2) : given.slice(0, 1);
  if (!first || first === sides[1] || (hasSides && used.length < 2)) {
    throw new DataError(
      `${where}: expected the arrays images and labels, or train_images, train_labels, test_images and test_labels, ` +
        `got ${names.join(', ')}; name them so`,
    );
  }
  const wanted = used.flatMap(({ images, labels }) => [images as string, labels as string]);
  const arrays = await readArrays(source, data.groups ? [...wanted, data.groups] : wanted, where);
  const parts = used.map(({ images, labels, isTest }): Part => {
    const pixels = toHeld(arrays.get(images as string) as NpyArray, `${where}: ${images}`);
    const texts = toTexts(arrays.get(labels as string) as NpyArray, `${where}: ${labels}`);
    if (texts.length !== pixels.count) {
      throw new DataError(
        `${where}: expected a label for each of ${pixels.count} images of ${images}, got ${texts.length} in ${labels}`,
      );
    }
    return { pixels, texts, isTest };
  });
  const { names: classes, numbers } = numbered(parts.flatMap(({ texts }) => texts));
  const isTest = Uint8Array.from(parts.flatMap(({ texts, isTest }) => texts.map(() => isTest)));
  const groups = data.groups
    ? groupsOf(arrays.get(data.groups) as NpyArray, numbers.length, `${where}: ${data.groups}`)
    : undefined;
  return {
    classes,
    labels: Uint16Array.from(numbers),
    ...(hasSides && { isTest }),
    ...(groups && { groups }),
    read: heldImages(
      parts.map(({ pixels }) => pixels),
      data,
    ),
  };
}

/** A one-dimensional array as texts: whole numbers, or texts. */
export function toTexts({ shape, values }: NpyArray, where: string): string[] {
  const isColumn = shape.length === 2 && shape[1] === 1;
  if (shape.length !== 1 && !isColumn) {
    throw new DataError(`${where}: expected an array with one axis, got the shape (${shape.join(', ')})`);
  }
  return Array.from(values as ArrayLike<number | string>, (value, index) => {
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    throw new DataError(
      `${where}: expected whole numbers or texts, got ${typeof value === 'string' ? 'an empty text' : value} at ${index}`,
    );
  });
}

// --- helpers ---

interface Part {
  pixels: HeldImages;
  texts: string[];
  isTest: number;
}

function toHeld({ shape, values }: NpyArray, where: string): HeldImages {
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  const hasAxes = shape.length === 3 || shape.length === 4;
  if (
    !hasAxes ||
    (channels !== 1 && channels !== 3) ||
    count < 1 ||
    height < 1 ||
    width < 1 ||
    Array.isArray(values)
  ) {
    throw new DataError(
      `${where}: expected images as [n, height, width] or [n, height, width, 1 or 3], got the shape (${shape.join(', ')})`,
    );
  }
  return {
    count,
    height,
    width,
    channels,
    pixels: values instanceof Uint8Array ? values : toBytes(values, where),
  };
}

/** Numbers from 0 to 1 are scaled, if any of them isn't whole; those from 0 to 255 are rounded. */
function toBytes(values: Exclude<NpyArray['values'], string[]>, where: string): Uint8Array {
  let largest = 0;
  let areWhole = true;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!(value >= 0 && value <= 255)) {
      throw new DataError(
        `${where}: expected values from 0 to 255, or from 0 to 1, got ${value} at ${index}`,
      );
    }
    if (value > largest) largest = value;
    if (!Number.isInteger(value)) areWhole = false;
  }
  const scale = largest <= 1 && !areWhole ? 255 : 1;
  return Uint8Array.from(values as Float64Array, (value) => Math.round(value * scale));
}

function groupsOf(array: NpyArray, count: number, where: string): Uint32Array {
  const { numbers } = numbered(toTexts(array, where));
  if (numbers.length === count) return Uint32Array.from(numbers);
  throw new DataError(
    `${where}: expected a group for each of ${count} images, those for training first, got ${numbers.length}`,
  );
}
