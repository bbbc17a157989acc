import type { InputForm } from '../study/definition/input-form.ts';
import {
  type Activation,
  type Network,
  type Settings,
  threadsOf,
} from '../study/definition/training-config.ts';
import { networkInFull } from './network.ts';
import { brief, plural } from './numbers.ts';

export interface Setting {
  name: string;
  /** The value in words. Equal for equal values. */
  text: string;
}

/**
 * A configuration in words, an entry for each setting. A study's base settings have no network.
 *
 * @param input the form of the study's examples.
 */
export function describeSettings(
  config: Settings & { network?: Network | undefined },
  input: InputForm,
): Setting[] {
  const { network, optimizer, schedule } = config;
  return [
    { name: 'network', text: network ? networkInFull(network, input) : 'none' },
    { name: 'activation', text: ACTIVATIONS[config.activation] },
    { name: 'dropout', text: config.dropout === 0 ? 'no dropout' : numberInWords('dropout', config.dropout) },
    {
      name: 'optimizer',
      text: optimizer.kind === 'sgd' ? `SGD ${optimizer.momentum}` : OPTIMIZERS[optimizer.kind],
    },
    {
      name: 'schedule',
      text: schedule.kind === 'constant' ? 'constant rate' : `rate × ${schedule.gamma} an epoch`,
    },
    { name: 'learning rate', text: numberInWords('learningRate', config.learningRate) },
    { name: 'batch size', text: numberInWords('batchSize', config.batchSize) },
    { name: 'epochs', text: numberInWords('epochs', config.epochs) },
    { name: 'flips', text: config.horizontalFlip === 0 ? 'no flips' : `flips p ${config.horizontalFlip}` },
    {
      name: 'validation flips',
      text: config.validationFlip ? 'validation flipped too' : 'validation not flipped',
    },
    { name: 'threads', text: plural(threadsOf(config), 'thread') },
  ];
}

/** A setting that is a number, as it's called in a list of settings: `lr 0.02`, `batch 32`, `50 epochs`. */
export function numberInWords(
  setting: 'learningRate' | 'batchSize' | 'epochs' | 'dropout',
  value: number,
): string {
  switch (setting) {
    case 'learningRate':
      return `lr ${value}`;
    case 'batchSize':
      return `batch ${value}`;
    case 'epochs':
      return plural(value, 'epoch');
    case 'dropout':
      return `dropout ${value}`;
  }
}

/** What a search drew, with numbers in four significant digits: `lr 0.003162, batch 64, 20 epochs, dropout 0.25`. */
export function drawInWords(
  drawn: Partial<Pick<Settings, 'learningRate' | 'batchSize' | 'epochs' | 'dropout'>>,
): string {
  return DRAWN.flatMap((setting) => {
    const value = drawn[setting];
    return value === undefined ? [] : [numberInWords(setting, brief(value))];
  }).join(', ');
}

// --- helpers ---

const DRAWN = ['learningRate', 'batchSize', 'epochs', 'dropout'] as const;

const ACTIVATIONS: Record<Activation, string> = {
  relu: 'ReLU',
  leakyRelu: 'LeakyReLU',
  sigmoid: 'sigmoid',
  elu: 'ELU',
  silu: 'SiLU',
};
const OPTIMIZERS = { adagrad: 'Adagrad', adadelta: 'Adadelta' };
