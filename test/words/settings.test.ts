import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { defaultSettings, newerDefaults } from '../../study/definition/training-config.ts';
import { describeSettings, drawInWords } from '../../words/settings.ts';

it('writes what a search drew with four significant digits', () => {
  const drawn = { epochs: 20, learningRate: 0.0031622776601683794, batchSize: 64, dropout: 0.24999999 };
  expect(drawInWords(drawn).replaceAll('\u00a0', ' ')).toBe('lr 0.003162, batch 64, 20 epochs, dropout 0.25');
  const others = {
    activation: 'elu',
    optimizer: { kind: 'sgd', momentum: 0.87654321 },
    network: 'wide',
  } as const;
  expect(drawInWords({ ...others, batchSize: 64 }).replaceAll('\u00a0', ' ')).toBe(
    'wide, batch 64, ELU, SGD 0.8765',
  );
  expect(drawInWords({ epochs: 1 }).replaceAll('\u00a0', ' ')).toBe('1 epoch');
});

it('names the threads, and one thread the same whether or not it is written', () => {
  const textOf = (threads?: number) =>
    describeSettings({ ...defaultSettings, ...(threads && { threads }) }, CIFAR10_INPUT)
      .find(({ name }) => name === 'threads')
      ?.text.replaceAll('\u00a0', ' ');
  expect([undefined, 1, 2].map(textOf)).toEqual(['1 thread', '1 thread', '2 threads']);
});

it('names settings that are left out at their defaults the same whether or not they are written', () => {
  const written = describeSettings(
    { ...defaultSettings, ...newerDefaults, augmentations: [] },
    CIFAR10_INPUT,
  );
  expect(written).toEqual(describeSettings(defaultSettings, CIFAR10_INPUT));
});

it('names an optimizer with its weight decay, a schedule, and everything else about a step', () => {
  const texts = describeSettings(
    {
      ...defaultSettings,
      optimizer: { kind: 'adamw', weightDecay: 0.05 },
      schedule: { kind: 'step', every: 30, gamma: 0.1 },
      warmUp: 1 / 3,
      labelSmoothing: 0.1,
      clipNorm: 1,
      augmentations: [
        { kind: 'crop', padding: 4 },
        { kind: 'brightness', amount: 0.2 },
      ],
    },
    CIFAR10_INPUT,
  ).map(({ text }) => text);
  expect(texts).toEqual(
    expect.arrayContaining([
      'AdamW, weight decay 0.05',
      'rate × 0.1 every 30 epochs',
      'warm-up 0.3333 epochs',
      'label smoothing 0.1',
      'gradients up to norm 1',
      'crop padding 4, brightness amount 0.2',
    ]),
  );
});
