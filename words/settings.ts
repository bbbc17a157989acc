import { CLASSES, IMAGE_CHANNELS, IMAGE_SIZE } from '../study/definition/network-shapes.ts';
import type { Activation, Network, Settings } from '../study/definition/training-config.ts';

export interface Setting {
  name: string;
  /** The value in words; equal for equal values. */
  text: string;
}

/** A configuration in words, one entry a setting. Without a network for a study's base. */
export function describeSettings(config: Settings & { network?: Network | undefined }): Setting[] {
  const { network, optimizer, schedule } = config;
  return [
    { name: 'network', text: network ? describeNetwork(network) : 'none' },
    { name: 'activation', text: ACTIVATIONS[config.activation] },
    { name: 'dropout', text: config.dropout === 0 ? 'no dropout' : `dropout ${config.dropout}` },
    {
      name: 'optimizer',
      text: optimizer.kind === 'sgd' ? `SGD ${optimizer.momentum}` : OPTIMIZERS[optimizer.kind],
    },
    {
      name: 'schedule',
      text: schedule.kind === 'constant' ? 'constant rate' : `rate × ${schedule.gamma} an epoch`,
    },
    { name: 'learning rate', text: `lr ${config.learningRate}` },
    { name: 'batch size', text: `batch ${config.batchSize}` },
    { name: 'epochs', text: config.epochs === 1 ? '1 epoch' : `${config.epochs} epochs` },
    { name: 'flips', text: config.horizontalFlip === 0 ? 'no flips' : `flips p ${config.horizontalFlip}` },
    {
      name: 'validation flips',
      text: config.validationFlip ? 'validation flipped too' : 'validation not flipped',
    },
  ];
}

/** Layer sizes from input to output: `dense 3072-512-256-10`. */
export function describeNetwork(network: Network): string {
  const dense = [...network.hidden, CLASSES].join('-');
  switch (network.kind) {
    case 'dense':
      return `dense ${IMAGE_SIZE ** 2 * IMAGE_CHANNELS}-${dense}`;
    case 'conv': {
      const convolutions = network.convolutions.map(
        ({ filters, kernel, padding }) => `${kernel}×${kernel}→${filters}${padding ? ` pad ${padding}` : ''}`,
      );
      return `conv ${convolutions.join(', ')}; dense ${dense}`;
    }
    case 'resnet':
      return (
        `${isReduced(network) ? 'reduced ResNet' : 'ResNet-50'} ${network.pretrained ? 'pretrained' : 'from scratch'} ` +
        `(blocks ${network.blocks.join('-')}, width ${network.width}); dense ${network.width * 32}-${dense}`
      );
  }
}

export type ResNet = Extract<Network, { kind: 'resnet' }>;

/** ResNet-50 has blocks 3-4-6-3 of width 64; whatever is smaller is not the network that has the name. */
export function isReduced({ blocks, width }: ResNet): boolean {
  return width < 64 || blocks.join('-') !== '3-4-6-3';
}

// --- helpers ---

const ACTIVATIONS: Record<Activation, string> = {
  relu: 'ReLU',
  leakyRelu: 'LeakyReLU',
  sigmoid: 'sigmoid',
  elu: 'ELU',
  silu: 'SiLU',
};
const OPTIMIZERS = { adagrad: 'Adagrad', adadelta: 'Adadelta' };
