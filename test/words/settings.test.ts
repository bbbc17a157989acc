import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { defaultSettings } from '../../study/definition/training-config.ts';
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
