import sharp from 'sharp';
import { arrayNames, readArrays } from '../arrays/npz.ts';
import { DataError } from '../data-error.ts';
import { isCifar, readCifar } from '../images/cifar.ts';
import { readClassFolders } from '../images/class-folders.ts';
import { isIdx, readIdx } from '../images/idx.ts';
import { readImageArrays } from '../images/image-arrays.ts';
import type { ReadExamples } from '../read-examples.ts';
import type { SourceFiles } from '../sources/source-file.ts';

export interface FoundImages {
  kind: 'images';
  classes: string[];
  examples: number;
  /** Whether there are test images of their own. */
  hasTest: boolean;
  /** Of some of the images. */
  sizes: { width: number; height: number }[];
  /** Whether all of them are grey. */
  isGrey: boolean;
}

/** @throws {DataError} if one of the images that are looked at can't be read. */
export async function inspectImages(source: SourceFiles, where: string): Promise<FoundImages> {
  const examples = await open(source, where);
  const { classes, labels, isTest } = examples;
  return {
    kind: 'images',
    classes,
    examples: labels.length,
    hasTest: isTest !== undefined,
    ...(await looks(source, where)),
  };
}

// --- helpers ---

/** Enough to see what sizes are usual. */
const LOOKED_AT = 100;

const FORM = { height: 32, width: 32, channels: 3, fit: 'crop' } as const;

function open(source: SourceFiles, where: string): Promise<ReadExamples> {
  if (arrayNames(source)) return readImageArrays(source, where, FORM);
  if (isCifar(source)) return readCifar(source, where, FORM);
  if (isIdx(source)) return readIdx(source, where, FORM);
  return readClassFolders(source, where, FORM);
}

async function looks(source: SourceFiles, where: string): Promise<Pick<FoundImages, 'sizes' | 'isGrey'>> {
  const names = arrayNames(source);
  if (names) {
    const name = names.find((each) => /^((train_)?images|x(_train)?|train_x|data)$/i.test(each)) as string;
    const [, height = 0, width = 0, channels = 1] =
      (await readArrays(source, [name], where)).get(name)?.shape ?? [];
    return { sizes: [{ height, width }], isGrey: channels === 1 };
  }
  if (isCifar(source)) return { sizes: [{ height: 32, width: 32 }], isGrey: false };
  if (isIdx(source)) return { sizes: [await idxSize(source, where)], isGrey: true };
  const images = source.files.filter(({ path }) => /\.(png|jpe?g|webp)$/i.test(path));
  const step = Math.max(1, Math.floor(images.length / LOOKED_AT));
  const wanted = new Set(images.filter((_, index) => index % step === 0).map(({ path }) => path));
  const sizes: FoundImages['sizes'] = [];
  let isGrey = true;
  await source.readEach(wanted, async ({ path }, bytes) => {
    try {
      const { autoOrient, channels = 3 } = await sharp(bytes).metadata();
      sizes.push({ width: autoOrient.width, height: autoOrient.height });
      if (channels > 2) isGrey = false;
    } catch (cause) {
      throw new DataError(
        `${where}: ${path}: the image can't be decoded (${(cause as Error).message}); replace or remove it`,
        {
          cause,
        },
      );
    }
  });
  return { sizes, isGrey };
}

async function idxSize(source: SourceFiles, where: string): Promise<{ width: number; height: number }> {
  let size = { width: 28, height: 28 };
  const examples = await readIdx(source, where, { ...FORM, channels: 1 });
  const seen = new Error('seen');
  try {
    await examples.read(async (example) => {
      size = example.size ?? size;
      throw seen;
    });
  } catch (error) {
    if (error !== seen) throw error;
  }
  return size;
}
