import { parseStudy } from '../../study/definition/parse-study.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import { PACKED_IMAGE_BYTES } from '../../training/data/packed-images.ts';
import type { SplitRequest } from '../../training/data/split.ts';

export const EPOCHS = 5;
/** Number of seeds for each network. With three seeds of `MLP`, a difference could have been chance. */
const SEEDS = { MLP: 8, relu_layer_div4: 3, default_conv: 3, simple_cnn: 3 };

const study = parseStudy(cifar10, 'cifar10');

/** Networks of the shipped study with its settings, for a few epochs. */
export function comparedConfigs(): { name: string; config: TrainingConfig; seeds: number[] }[] {
  const candidates = study.stages.flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []));
  return Object.entries(SEEDS).map(([name, count]) => {
    const network = candidates.find((candidate) => candidate.name === name)?.change.network;
    if (!network) throw new Error(`expected the study ${study.name} to have a network ${name}, got none`);
    const seeds = Array.from({ length: count }, (_, index) => index + 1);
    return {
      name,
      config: { ...asTrained({ ...study.base, epochs: EPOCHS }, { epochDivisor: 1 }), network },
      seeds,
    };
  });
}

/** The study's split of all images. */
export function splitRequest(packed: Uint8Array): SplitRequest {
  const { validationFraction, splitSeed } = study;
  return { trainImages: packed.length / PACKED_IMAGE_BYTES, validationFraction, splitSeed };
}
