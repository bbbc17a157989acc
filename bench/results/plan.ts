import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';
import { asNetwork } from '../../study/definition/planned-network.ts';
import type { Network, Settings, TrainingConfig } from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';
import { cifar10 } from '../../study/shipped/cifar10.ts';
import type { SplitRequest } from '../../training/data/split.ts';
import { REPORTED_RULE } from '../networks.ts';

/** Networks of the shipped study and settings that are trained on both sides. */
export interface ComparedRow {
  network: string;
  /** Names the network, and what differs from the study's base: `default_conv`, adagrad. */
  title: string;
  config: TrainingConfig;
}

export const SEEDS = [1, 2, 3] as const;
/** Training images before the split. */
export const IMAGES = 6250;

const study = parseStudy(cifar10, 'cifar10');

/** All rows, those that take longest last. */
export function comparedRows(): ComparedRow[] {
  const withBase = (Object.keys(EPOCHS) as Name[]).map((name) => row(name, '', {}));
  const optimizers = studyCandidates('optimizer').map(({ name, change: { network: _, ...settings } }) =>
    row(OPTIMIZED, name.slice(1).replaceAll('_', ' '), settings),
  );
  const [first, ...rest] = withBase;
  return [first as ComparedRow, ...optimizers, ...rest];
}

/** Rows that are trained only if they are named: they take long. */
export function recipeRows(): ComparedRow[] {
  const settings: Settings = {
    ...study.base,
    optimizer: { kind: 'adamw', weightDecay: 0.05 },
    schedule: { kind: 'cosine' },
    learningRate: 0.001,
    batchSize: 128,
    epochs: 3,
    augmentations: [{ kind: 'crop', padding: 4 }],
  };
  const network: Network = { kind: 'resnet', block: 'basic', blocks: [2, 2, 2, 2], width: 64, hidden: [] };
  const title = '`resnet18`, adamw, cosine, crop, batch 128';
  return [{ network: 'resnet18', title, config: { ...asTrained(settings, { epochDivisor: 1 }), network } }];
}

/** Whether a row takes too long to be trained in double precision too. */
export function isRecipe({ network }: ComparedRow): boolean {
  return recipeRows().some((row) => row.network === network);
}

/** The study's split of a part of the images. */
export function splitRequest(trainImages: number): SplitRequest {
  const { validationFraction, splitSeed } = study;
  return { trainImages, validationFraction, splitSeed };
}

// --- helpers ---

/** Epochs by network. `rn14_reduced` is the small ResNet of the study's demo; the last two stay near chance for long. */
const EPOCHS = {
  default_conv: 5,
  MLP: 5,
  simple_cnn: 5,
  rn14_reduced: 5,
  relu_layer_div2: 3,
  simple_cnn_arq_2: 3,
};
type Name = keyof typeof EPOCHS;
/** The network that all optimizers train. */
const OPTIMIZED: Name = 'default_conv';

function row(name: Name, settings: string, change: Partial<Omit<TrainingConfig, 'epochs'>>): ComparedRow {
  const base = asTrained({ ...study.base, epochs: EPOCHS[name] }, { epochDivisor: 1 });
  const title = [`\`${name}\``, settings].filter(Boolean).join(', ');
  return { network: name, title, config: { ...base, network: networkOf(name), ...change } };
}

function networkOf(name: string): Network {
  for (const { name: own, change, reduced } of ['dense', 'cnn'].flatMap(studyCandidates)) {
    if (own === name && change.network) return asNetwork(change.network, CIFAR10_INPUT, REPORTED_RULE);
    if (reduced?.name === name) return asNetwork(reduced.network, CIFAR10_INPUT, REPORTED_RULE);
  }
  throw new Error(`expected the study ${study.name} to have a network ${name}, got none`);
}

function studyCandidates(stageName: string) {
  const stage = study.stages.find(({ name }) => name === stageName);
  return stage?.kind === 'compare' ? stage.candidates : [];
}
