import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../infra/project.ts';
import { ensureNativeParts, trainerEnvironment } from '../../infra/setup/native-parts.ts';
import type { ExportedModel } from '../../report/model-card/exported-model.ts';
import { modelCard } from '../../report/model-card/model-card.ts';
import { storeEnvironment } from '../../storage/minio/store-config.ts';
import type { TrialResult } from '../../storage/trials/trials.ts';
import type { StudyData } from '../../study/definition/data-schema.ts';
import { inputOfTrial } from '../../study/definition/input-form.ts';
import { architecture } from '../../study/definition/pretrained.ts';
import { askTrainer } from '../ask-trainer.ts';
import type { FoundTrial } from '../observe/find-trial.ts';
import type { Session } from '../servers/session.ts';
import { version } from '../version.ts';
import { hashesIn, writeExport } from './export-folder.ts';

/** Exports a trial as models that other programs can load, with a model card. */
export async function writeModel(
  { bucket }: Session,
  found: FoundTrial,
  classes: string[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { record, stage, trial, result } = found;
  const { trialKey, spec } = result;
  const about = { study: record.opening.studyId, trial: trial.name, trialKey };
  await writeExport(
    folder,
    { ...about, ...loadedAs(result, classes, record.opening.study.data) },
    async (beside) => {
      await askTrainer(
        { kind: 'exportModel', trialKey, folder: beside },
        {
          failure: "the model can't be exported",
          signal,
          env: { ...trainerEnvironment(await ensureNativeParts()), ...storeEnvironment(bucket) },
        },
      );
      await copyFile(LOADER, join(beside, 'load_in_pytorch.py'));
      const files = (await hashesIn(beside)).map((file) => ({ ...file, what: WHAT[file.path] ?? '' }));
      const { normalisation } = result;
      const model: ExportedModel = {
        ...{ record, stage, trial, spec, classes, files },
        ...(normalisation && { normalisation }),
        version: version(),
      };
      await writeFile(join(beside, 'README.md'), modelCard(model));
    },
  );
}

/** What load_in_pytorch.py needs to know about the model. It passes everything in `network` to the network's class. */
export function loadedAs(
  { spec, normalisation }: Pick<TrialResult, 'spec' | 'normalisation'>,
  classes: string[],
  data?: StudyData,
) {
  const { network, activation } = spec.config;
  const { shape } = inputOfTrial(spec.data);
  return {
    network: architecture(network),
    activation,
    classes,
    /** `[height, width, channels]`, or `[features]`. */
    input: shape,
    normalisation: normalisation ?? { mean: [0.5], deviation: [0.5] },
    /** How images of another size are resized. */
    resize:
      data?.kind === 'images'
        ? { fit: data.fit, resampling: 'lanczos' }
        : { fit: 'crop', resampling: 'bilinear' },
  };
}

// --- helpers ---

const LOADER = join(projectRoot, 'client', 'export', 'load_in_pytorch.py');

const WHAT: Record<string, string> = {
  'saved_model/saved_model.pb': 'TensorFlow SavedModel, weights included',
  'model.safetensors': 'weights with PyTorch’s names and layouts',
  'load_in_pytorch.py': 'the PyTorch network for these weights',
  'tfjs/model.json': 'TensorFlow.js graph model',
  'tfjs/weights.bin': 'its weights',
};
