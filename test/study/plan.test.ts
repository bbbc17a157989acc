import { describe, expect, it } from 'vitest';
import { cifar10 } from '../../study/cifar10.ts';
import { parseStudy, selectProfile } from '../../study/parse-study.ts';
import { type NamedConfig, scaleEpochs, stageTrials, trialData, trialSpec } from '../../study/plan.ts';
import type { CompareStage } from '../../study/study-schema.ts';
import { trialKey } from '../../study/trial-key.ts';
import { smallStudy } from '../workflows/small-study.ts';

const small = parseStudy(smallStudy, 'small');
const [width, rate] = small.stages as [CompareStage, CompareStage];
const [narrow] = stageTrials(small, width, undefined) as [NamedConfig];

describe('stageTrials', () => {
  it("takes the winner's whole configuration over, and its name", () => {
    const [fast] = stageTrials(small, rate, { name: 'w', config: { ...narrow.config, dropout: 0.3 } });
    expect(fast).toEqual({ name: 'w_fast', config: { ...narrow.config, dropout: 0.3, learningRate: 0.05 } });
  });

  it('plans the shipped study as the report has it', () => {
    const study = parseStudy(cifar10, 'cifar10');
    const [dense, cnn] = study.stages as [CompareStage, CompareStage];
    const first = stageTrials(study, dense, undefined);
    expect(first.map(({ name }) => name)).toEqual([
      'MLP',
      'relu_layer_div2',
      'relu_layer_div4',
      'relu_div4_div2',
      'relu_6_layer_divrand',
      'relu_4_layer_divrand',
    ]);
    expect(first.every(({ config }) => config.epochs === 50 && config.learningRate === 0.02)).toBe(true);
    const second = stageTrials(study, cnn, first[1]);
    expect(second.map(({ name }) => name)).toEqual([
      'default_conv',
      'simple_cnn',
      'simple_cnn_arq_2',
      'simple_cnn_arq_4',
    ]);
  });
});

describe('profiles', () => {
  it('divide epochs, to one at least', () => {
    const study = parseStudy(cifar10, 'cifar10');
    const epochs = ['demo', 'quick', 'report'].map(
      (name) => scaleEpochs(narrow.config, selectProfile(study, name)).epochs,
    );
    expect(epochs).toEqual([1, 1, 10]);
  });

  it('use the images there are where they ask for more', () => {
    const profile = selectProfile(parseStudy(cifar10, 'cifar10'), 'demo');
    expect(trialData(small, profile, { sha256: 'd', trainImages: 50_000 }).trainImages).toBe(2000);
    expect(trialData(small, profile, { sha256: 'd', trainImages: 1500 }).trainImages).toBe(1500);
  });
});

describe('trialKey', () => {
  const data = { dataset: 'a'.repeat(64), trainImages: 100, validationFraction: 0.2, splitSeed: 1 };
  const spec = trialSpec(narrow.config, data, 1, 1);

  it('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec;
    expect(trialKey(reversed)).toBe(trialKey(spec));
  });

  it('tells any two trials apart whose results may differ', () => {
    const others = [
      { ...spec, seed: 2 },
      { ...spec, numerics: 2 },
      { ...spec, repetition: 1 },
      { ...spec, initialWeights: 'b'.repeat(64) },
      { ...spec, data: { ...data, splitSeed: 2 } },
      { ...spec, data: { ...data, trainImages: 99 } },
      { ...spec, data: { ...data, dataset: 'c'.repeat(64) } },
      { ...spec, config: { ...narrow.config, validationFlip: true } },
    ];
    expect(new Set([spec, ...others].map(trialKey)).size).toBe(others.length + 1);
  });

  it('stays what it was: stored results are found by it', () => {
    expect(trialKey(spec)).toMatchInlineSnapshot(
      `"3c12cd884b61024e586cc3cbb983efa969e7d83ad3482f1bfba5d3f5e1c5b662"`,
    );
  });
});
