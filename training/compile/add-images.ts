import type { InputForm } from '../../study/definition/input-form.ts';
import { areInFile, type HeldImages, type LabelledImages } from '../data/labelled-images.ts';
import type { Graph } from '../graph/graph.ts';
import { addFedImages } from './fed-images.ts';
import { addHeldImages } from './held-images.ts';
import type { ImagesInGraph } from './images.ts';

/** Adds images: those in memory as variables, those in a file as inputs of each step. Both give the same bits. */
export function addImages(
  graph: Graph,
  images: LabelledImages,
  input: InputForm,
  mirrored: boolean,
): ImagesInGraph {
  return areInFile(images)
    ? addFedImages(graph, images, input)
    : addHeldImages(graph, images as HeldImages, input, mirrored);
}
