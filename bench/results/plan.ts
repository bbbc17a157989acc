import { cifar10 } from '../../study/cifar10.ts';
import { parseStudy } from '../../study/parse-study.ts';
import type { TrainingConfig } from '../../study/training-config.ts';
import { RECORD_BYTES } from '../../training/data/records.ts';
import type { SplitRequest } from '../../training/data/split.ts';

export const EPOCHS = 5;
export const SEEDS = [1, 2, 3] as const;
const NETWORKS = ['MLP', 'relu_layer_div4', 'default_conv', 'simple_cnn'];

const study = parseStudy(cifar10, 'cifar10');

/** Networks of the report's study with its settings, for a few epochs. */
export function comparedConfigs(): { name: string; config: TrainingConfig }[] {
  const candidates = study.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  return NETWORKS.map((name) => {
    const network = candidates.find((candidate) => candidate.name === name)?.change.network;
    if (!network) throw new Error(`expected the study ${study.name} to have a network ${name}, got none`);
    return { name, config: { ...study.base, network, epochs: EPOCHS } };
  });
}

/** The study's split of all images. */
export function splitRequest(records: Uint8Array): SplitRequest {
  const { validationFraction, splitSeed } = study;
  return { trainImages: records.length / RECORD_BYTES, validationFraction, splitSeed };
}
