import { type InputForm, imageShape } from '../../study/definition/input-form.ts';
import type { HeldImages } from '../data/labelled-images.ts';
import type { Graph, Output } from '../graph/graph.ts';
import { addVariable, type Variable } from '../graph/variables.ts';
import { attribute } from '../tensorflow/tensorflow.ts';
import { addValues, type ImagesInGraph } from './images.ts';
import { addLoading, checkLoaded, loadImages } from './loading.ts';

/**
 * Adds images as one variable, channels last: bytes, or float32 for a table. The graph gathers batches from it. If some are
 * mirrored, mirrored copies of all follow the originals: gathering a copy costs as much as gathering an original, and mirroring
 * in every step would cost more.
 */
export function addHeldImages(
  graph: Graph,
  images: HeldImages,
  input: InputForm,
  mirrored: boolean,
): ImagesInGraph {
  const count = images.labels.length;
  const rows = mirrored ? 2 * count : count;
  const pixels = addVariable(graph, 'images', imageShape(input) ? 'uint8' : 'float32', [
    rows,
    ...input.shape,
  ]);
  const labels = addVariable(graph, 'labels', 'int32', [rows]);

  const loading = addLoading(graph, count, input, pixels, labels, mirrored);

  const wanted = graph.placeholder('batch', 'int32', [-1]);
  const gathered = gather(graph, 'batch/pixels', pixels, wanted.output);
  const shapeTypes = [attribute.type('T', 'int32'), attribute.type('out_type', 'int32')];
  const given = addValues(graph, gathered, input, images.normalisation);
  const batchLabels = gather(graph, 'batch/labels', labels, wanted.output);
  return {
    ...given,
    labels: batchLabels,
    batchShape: graph.add('batch/shape', 'Shape', [wanted.output], shapeTypes),
    load(session) {
      loadImages(session, loading, images, input, rows);
      const read = (indices: Int32Array) =>
        session.run([{ to: wanted, shape: [indices.length], values: indices }], [given.values, batchLabels]);
      checkLoaded(read as (indices: Int32Array) => [Float32Array, Int32Array], images, input, mirrored);
    },
    fetch: async () => {},
    batch({ indices, flips }) {
      const selected = flips
        ? indices.map((index, position) => (flips[position] ? index + count : index))
        : indices;
      return [{ to: wanted, shape: [selected.length], values: selected }];
    },
  };
}

// --- helpers ---

function gather(graph: Graph, name: string, { handle, type }: Variable, rows: Output): Output {
  return graph.add(
    name,
    'ResourceGather',
    [handle, rows],
    [
      attribute.type('dtype', type),
      attribute.type('Tindices', 'int32'),
      attribute.flag('validate_indices', true),
      attribute.int('batch_dims', 0),
    ],
  );
}
