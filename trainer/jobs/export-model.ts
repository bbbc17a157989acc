import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import { servingGraph } from '../../training/export/serving-graph.ts';
import { encodeTfjsModel, TFJS_WEIGHTS } from '../../training/export/tfjs-model.ts';
import { encodeTorchWeights } from '../../training/export/torch-weights.ts';
import { encodeSavedModel } from '../../training/graph/saved-model.ts';
import type { JobContext } from '../job-context.ts';
import type { Job } from '../protocol.ts';
import { bestWeights } from './best-weights.ts';

/** Writes a trial's best weights as files for TensorFlow, TensorFlow.js and PyTorch. */
export async function exportModel(
  { trialKey, folder }: Job<'exportModel'>,
  { openStore }: JobContext,
): Promise<undefined> {
  const { result, weights } = await bestWeights(await openStore(), trialKey);
  const { config, data } = result.spec;
  const input = inputOfTrial(data);
  const graph = servingGraph(config, input, weights, result.normalisation);
  const tfjs = encodeTfjsModel(graph, 'staged-study');
  const files: Record<string, Uint8Array> = {
    'saved_model/saved_model.pb': encodeSavedModel(graph.nodes, graph.signature),
    'model.safetensors': encodeTorchWeights(config.network, input, weights, { trial: trialKey }),
    'tfjs/model.json': tfjs.model,
    [`tfjs/${TFJS_WEIGHTS}`]: tfjs.weights,
  };
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}
