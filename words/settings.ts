import {
  type Activation,
  type Network,
  type Settings,
  threadsOf,
} from '../study/definition/training-config.ts';
import { augmentationInWords } from '../study/settings/augmentations.ts';
import { optimizerInWords } from '../study/settings/optimizers.ts';
import { scheduleInWords } from '../study/settings/schedules/schedules.ts';
import { networkInFull } from './network.ts';
import { brief, plural } from './numbers.ts';

export interface Setting {
  name: string;
  /** The value in words. Equal for equal values. */
  text: string;
}

/** A configuration in words, an entry for each setting. A study's base settings have no network. */
export function describeSettings(config: Settings & { network?: Network | undefined }): Setting[] {
  const { network, optimizer, schedule } = config;
  const { warmUp = 0, labelSmoothing = 0, clipNorm = 0, augmentations = [] } = config;
  return [
    { name: 'network', text: network ? networkInFull(network) : 'none' },
    { name: 'activation', text: ACTIVATIONS[config.activation] },
    { name: 'dropout', text: config.dropout === 0 ? 'no dropout' : numberInWords('dropout', config.dropout) },
    { name: 'optimizer', text: optimizerInWords(optimizer) },
    { name: 'schedule', text: scheduleInWords(schedule) },
    {
      name: 'warm-up',
      text: warmUp === 0 ? 'no warm-up' : `warm-up ${brief(warmUp)} ${warmUp === 1 ? 'epoch' : 'epochs'}`,
    },
    { name: 'learning rate', text: numberInWords('learningRate', config.learningRate) },
    { name: 'batch size', text: numberInWords('batchSize', config.batchSize) },
    { name: 'epochs', text: numberInWords('epochs', config.epochs) },
    {
      name: 'label smoothing',
      text: labelSmoothing === 0 ? 'no label smoothing' : `label smoothing ${labelSmoothing}`,
    },
    { name: 'clipping', text: clipNorm === 0 ? 'no clipping' : `gradients up to norm ${clipNorm}` },
    { name: 'flips', text: config.horizontalFlip === 0 ? 'no flips' : `flips p ${config.horizontalFlip}` },
    {
      name: 'validation flips',
      text: config.validationFlip ? 'validation flipped too' : 'validation not flipped',
    },
    {
      name: 'augmentations',
      text: augmentations.map(augmentationInWords).join(', ') || 'no augmentations',
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
