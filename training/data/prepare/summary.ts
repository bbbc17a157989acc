import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { type InputForm, imageShape } from '../../../study/definition/input-form.ts';
import type { DataSummary } from '../../../study/record/record.ts';
import type { ReadExample, ReadExamples } from '../read-examples.ts';

/** Collects what people want to know of data while they are prepared. */
export function createSummary(
  { classes, labels, features }: ReadExamples,
  isTest: Uint8Array,
  input: InputForm,
) {
  const hashes = { training: new Map<string, number>(), test: [] as string[] };
  let smallest: [number, number] | undefined;
  let largest: [number, number] | undefined;
  const sizes = new Set<string>();
  /** The first training example of each class. */
  const first = new Map<number, { index: number; values: Uint8Array }>();

  return {
    add({ index, values, size }: ReadExample): void {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const hash = createHash('sha256').update(bytes).digest('base64').slice(0, 22);
      if (isTest[index]) hashes.test.push(hash);
      else hashes.training.set(hash, (hashes.training.get(hash) ?? 0) + 1);
      if (size) {
        const own: [number, number] = [size.width, size.height];
        sizes.add(own.join());
        if (!smallest || own[0] * own[1] < smallest[0] * smallest[1]) smallest = own;
        if (!largest || own[0] * own[1] > largest[0] * largest[1]) largest = own;
      }
      const label = labels[index] as number;
      const known = first.get(label);
      if (
        !isTest[index] &&
        values instanceof Uint8Array &&
        label < SHOWN_CLASSES &&
        !(known && known.index < index)
      ) {
        first.set(label, { index, values: values.slice() });
      }
    },
    async end(): Promise<DataSummary> {
      const counts = { training: classes.map(() => 0), test: classes.map(() => 0) };
      for (const [index, label] of labels.entries()) {
        const side = counts[isTest[index] ? 'test' : 'training'];
        side[label] = (side[label] as number) + 1;
      }
      const shape = imageShape(input);
      const shown = [...first].sort(([a], [b]) => a - b);
      return {
        counts,
        ...(smallest && largest && { sizes: { smallest, largest, different: sizes.size } }),
        duplicates: {
          withinTraining: labels.length - hashes.test.length - hashes.training.size,
          testInTraining: hashes.test.filter((hash) => hashes.training.has(hash)).length,
        },
        ...(shape && {
          examples: await Promise.all(
            shown.map(async ([label, { values }]) => ({ label, png: await asPng(values, shape) })),
          ),
        }),
        ...(features && { columns: [...new Set(features.map(({ column }) => column))] }),
      };
    },
  };
}

// --- helpers ---

/** Of how many classes an example is shown. */
const SHOWN_CLASSES = 24;
/** Edge of an example as it is shown, pixels. */
const SHOWN_SIZE = 48;

async function asPng(
  planes: Uint8Array,
  [height, width, channels]: [number, number, number],
): Promise<string> {
  const plane = height * width;
  const pixels = planes.map((_, at) => planes[(at % channels) * plane + Math.floor(at / channels)] as number);
  const image = sharp(pixels, { raw: { height, width, channels: channels as 1 | 3 } });
  const fits = Math.max(height, width) <= SHOWN_SIZE;
  const shown = fits ? image : image.resize(SHOWN_SIZE, SHOWN_SIZE, { fit: 'inside' });
  return (await shown.png().toBuffer()).toString('base64');
}
