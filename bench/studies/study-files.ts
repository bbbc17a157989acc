import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { asNetwork } from '../../study/definition/planned-network.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { Network } from '../../study/definition/training-config.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';

export const EPOCHS = 3;
/** Training images before the split. */
export const IMAGES = 10_000;

type CompareStage = Extract<StudyInput['stages'][number], { kind: 'compare' }>;

/** The stages `dense` and `cnn` of the shipped study without ResNet-50, with fewer images and epochs. */
export function trainingsStudy(seed: number): StudyInput {
  const stages = cifar10.stages.flatMap((stage) =>
    stage.kind === 'compare' && ['dense', 'cnn'].includes(stage.name) ? [withoutResnets(stage)] : [],
  );
  return {
    ...settings,
    name: `bench-trainings-${seed}`,
    title: 'Dense and convolutional networks of the shipped study',
    seed,
    base: { ...cifar10.base, epochs: EPOCHS },
    stages,
    profiles: { bench: { ...profile, trainImages: IMAGES } },
  };
}

/** The networks of `trainingsStudy`, in its order. */
export function trainedNetworks(): { name: string; network: Network }[] {
  return trainingsStudy(1).stages.flatMap((stage) =>
    stage.kind === 'compare'
      ? stage.candidates.flatMap(({ name, change }) =>
          change.network ? [{ name, network: asNetwork(change.network, CIFAR10_INPUT) }] : [],
        )
      : [],
  );
}

/**
 * As many trials as possible that do next to nothing: a network of one hidden unit takes one step on 16 images. Its first
 * stage is one such trial; a search adds the others.
 *
 * @param trials at least 2.
 */
export function emptyStudy(trials: number, seed: number): StudyInput {
  return {
    ...settings,
    name: `bench-empty-${seed}`,
    title: 'Trials that do next to nothing',
    seed,
    base: { ...cifar10.base, epochs: 1 },
    stages: [
      {
        kind: 'compare',
        name: 'first',
        question: 'How long does one trial take?',
        candidates: [{ name: 'tiny', change: { network: { kind: 'dense', hidden: [1] } } }],
      },
      {
        kind: 'search',
        name: 'others',
        question: 'How long do many trials take?',
        from: 'first',
        evaluations: trials - 1,
        space: { learningRate: { kind: 'uniform', low: 0.001, high: 0.1 } },
      },
    ],
    profiles: { bench: { ...profile, trainImages: 20 } },
  };
}

// --- helpers ---

const { splitSeed, validationFraction } = cifar10;
const settings = { splitSeed, validationFraction } as const;
const profile = { description: 'For npm run bench.', testImages: 20, epochDivisor: 1 } as const;

function withoutResnets(stage: CompareStage): CompareStage {
  return {
    ...stage,
    candidates: stage.candidates.filter(({ change }) => change.network?.kind !== 'resnet'),
  };
}
