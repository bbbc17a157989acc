import { type InputForm, imageShape } from '../../study/definition/input-form.ts';
import type { ExampleFile } from '../data/example-file.ts';
import type { LabelledImages, Pixels } from '../data/labelled-images.ts';
import type { Graph } from '../graph/graph.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import type { EngineBatch } from './engine.ts';
import { addValues, type ImagesInGraph } from './images.ts';
import { addChannelsLast, planesOf } from './loading.ts';

/** Adds images that stay in their file: each step is fed with its batch, which is read during the step before. */
export function addFedImages(
  graph: Graph,
  { pixels: file, labels, normalisation }: LabelledImages<ExampleFile>,
  input: InputForm,
): ImagesInGraph {
  const shape = planesOf(input);
  const isImage = imageShape(input) !== undefined;
  const planes = graph.placeholder('batch/planes', isImage ? 'uint8' : 'float32', [-1, ...shape]);
  const batchLabels = graph.placeholder('batch/labels', 'int32', [-1]);
  const gathered = isImage ? addChannelsLast(graph, 'batch', planes.output) : planes.output;
  const shapeTypes = [attribute.type('T', 'int32'), attribute.type('out_type', 'int32')];
  /** What has been asked for and not been used. */
  const fetched = new WeakMap<EngineBatch, { reading: Promise<void>; values?: Pixels }>();

  return {
    ...addValues(graph, gathered, input, normalisation),
    labels: batchLabels.output,
    batchShape: graph.add('batch/shape', 'Shape', [batchLabels.output], shapeTypes),
    load: () => {},
    fetch(batch) {
      const known = fetched.get(batch);
      if (known) return known.reading;
      const entry: { reading: Promise<void>; values?: Pixels } = {
        reading: file.readAhead(batch.indices).then((values) => {
          entry.values = values;
        }),
      };
      fetched.set(batch, entry);
      return entry.reading;
    },
    batch(batch) {
      const { indices, flips } = batch;
      const values = fetched.get(batch)?.values ?? file.read(indices);
      fetched.delete(batch);
      if (flips) mirror(values, flips, input);
      const own = Int32Array.from(indices, (index) => labels[index] as number);
      return [
        { to: planes, shape: [indices.length, ...shape], values },
        { to: batchLabels, shape: [indices.length], values: own },
      ];
    },
  };
}

// --- helpers ---

/** Mirrors images left to right, in place. */
function mirror(values: Pixels, flips: Uint8Array, input: InputForm): void {
  const [height, width, channels] = imageShape(input) ?? [];
  if (height === undefined || width === undefined || channels === undefined) {
    throw new RangeError('expected images to mirror, got a table; set horizontalFlip to 0');
  }
  const bytes = height * width * channels;
  for (const [image, flip] of flips.entries()) {
    if (!flip) continue;
    for (let row = image * bytes; row < (image + 1) * bytes; row += width)
      values.subarray(row, row + width).reverse();
  }
}
