import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { servingGraph } from '../../training/export/serving-graph.ts';
import { encodeTfjsModel, TFJS_WEIGHTS } from '../../training/export/tfjs-model.ts';
import { encodeTorchWeights } from '../../training/export/torch-weights.ts';
import { encodeSavedModel } from '../../training/graph/saved-model.ts';
import type { TrainerJob, TrainerReport } from '../protocol.ts';
import { bestWeights } from './best-weights.ts';
import type { JobContext } from './train.ts';

/** Writes a trial's best weights for TensorFlow, for TensorFlow.js and for PyTorch. */
export async function exportJob(
  { trialKey, folder }: Extract<TrainerJob, { kind: 'exportModel' }>,
  { store }: JobContext,
): Promise<TrainerReport> {
  const { result, weights } = await bestWeights(store, trialKey);
  const { config } = result.spec;
  const graph = servingGraph(config, weights);
  const tfjs = encodeTfjsModel(graph, 'staged-study');
  const files: Record<string, Uint8Array> = {
    'saved_model/saved_model.pb': encodeSavedModel(graph.nodes, graph.signature),
    'model.safetensors': encodeTorchWeights(config.network, weights, { trial: trialKey }),
    'tfjs/model.json': tfjs.model,
    [`tfjs/${TFJS_WEIGHTS}`]: tfjs.weights,
  };
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  return { kind: 'exported' };
}
