import {
  defaultSettings,
  type Network,
  type Settings,
  type TrainingConfig,
} from '../../study/definition/training-config.ts';
import { asTrained } from '../../study/plan/epochs.ts';

/** The default settings with changes, for a network. */
export function configOf(network: Network, changes: Partial<Settings> = {}): TrainingConfig {
  return { ...asTrained({ ...defaultSettings, ...changes }, { epochDivisor: 1 }), network };
}

export function withEpochs(config: TrainingConfig, epochs: number): TrainingConfig {
  return { ...config, ...asTrained({ epochs }, { epochDivisor: 1 }) };
}

export function dense(...hidden: number[]): Network {
  return { kind: 'dense', hidden };
}

/** convolutions: `[filters, kernel, padding]`. */
export function conv(convolutions: [number, number, number][], ...hidden: number[]): Network {
  return {
    kind: 'conv',
    convolutions: convolutions.map(([filters, kernel, padding]) => ({ filters, kernel, padding })),
    hidden,
  };
}

/** Convolutions with and without batch normalisation, a stride and a pool, and no hidden dense layer. */
export const normalisedConv: Extract<Network, { kind: 'conv' }> = {
  kind: 'conv',
  convolutions: [
    { filters: 8, kernel: 3, padding: 1, batchNorm: true },
    { filters: 12, kernel: 3, padding: 1, stride: 2, batchNorm: true, pool: false },
    { filters: 16, kernel: 3, padding: 0, pool: false },
  ],
  globalPool: true,
  hidden: [],
};

type Resnet = Extract<Network, { kind: 'resnet' }>;

/** With the head of the original report. */
export const resnet50: Resnet = {
  kind: 'resnet',
  blocks: [3, 4, 6, 3],
  width: 64,
  hidden: [1024, 256, 64, 16],
};

/** ResNet-18's blocks and its head, with an eighth of the channels. */
export const tinyBasicResnet: Resnet = {
  kind: 'resnet',
  block: 'basic',
  blocks: [1, 2, 1, 1],
  width: 8,
  hidden: [],
};

/** Small enough to train in a test: one block in each group, an eighth of the channels. */
export const tinyResnet: Resnet = { kind: 'resnet', blocks: [1, 1, 1, 1], width: 8, hidden: [32, 16] };
