import { CIFAR10_INPUT, type InputForm } from '../study/definition/input-form.ts';
import {
  type Activation,
  defaultSettings,
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
  const { warmUp = 0, labelSmoothing = 0, clipNorm = 0, augmentations = [] } = config;
  return [
    { name: 'network', text: network ? networkInFull(network, input) : 'none' },
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

/**
 * What a search chose, with numbers in four significant digits: `lr 0.003162, batch 64, 20 epochs, dropout 0.25`. A network has the
 * name that the search's space gives it.
 */
export function drawInWords(drawn: Partial<Settings> & { network?: string | undefined }): string {
  const { network, ...settings } = drawn;
  const names = Object.keys(settings).sort((a, b) => placeOf(a) - placeOf(b));
  const parts = names.flatMap((name) => {
    const value = settings[name as keyof Settings];
    return value === undefined ? [] : [settingInWords(name as keyof Settings, value)];
  });
  return [...(network === undefined ? [] : [network]), ...parts].join(', ');
}

// --- helpers ---

const NUMBERS = ['learningRate', 'batchSize', 'epochs', 'dropout'] as const;
/** Other settings that have words of their own, by their names in `describeSettings`. */
const WORDED: Partial<Record<keyof Settings, string>> = {
  activation: 'activation',
  optimizer: 'optimizer',
  schedule: 'schedule',
  horizontalFlip: 'flips',
  warmUp: 'warm-up',
  labelSmoothing: 'label smoothing',
  clipNorm: 'clipping',
  augmentations: 'augmentations',
};

/** Those that are numbers come first, in a fixed order. */
function placeOf(name: string): number {
  const place = (NUMBERS as readonly string[]).indexOf(name);
  return place < 0 ? NUMBERS.length : place;
}

function settingInWords(name: keyof Settings, value: unknown): string {
  const short = withBriefNumbers(value);
  const number = NUMBERS.find((each) => each === name);
  if (number) return numberInWords(number, short as number);
  // No network is among them, so their input doesn't matter.
  const described = describeSettings({ ...defaultSettings, [name]: short }, CIFAR10_INPUT);
  const worded = described.find((each) => each.name === WORDED[name]);
  return worded?.text ?? `${name} ${JSON.stringify(short)}`;
}

function withBriefNumbers(value: unknown): unknown {
  if (typeof value === 'number') return brief(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withBriefNumbers);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBriefNumbers(inner)]));
}

const ACTIVATIONS: Record<Activation, string> = {
  relu: 'ReLU',
  leakyRelu: 'LeakyReLU',
  sigmoid: 'sigmoid',
  elu: 'ELU',
  silu: 'SiLU',
};
