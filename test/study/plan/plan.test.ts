import { describe, expect, it } from 'vitest';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import type { CompareStage, Stage } from '../../../study/definition/stage-schema.ts';
import { newerDefaults } from '../../../study/definition/training-config.ts';
import { asTrained } from '../../../study/plan/epochs.ts';
import { type NamedConfig, stageTrials, trialData, trialSpec } from '../../../study/plan/plan.ts';
import { promotedConfig } from '../../../study/plan/promotion.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import type { Measure } from '../../../study/trial/measure.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { smallStudy } from '../../workflows/small-study.ts';

const small = parseStudy(smallStudy, 'small');
const tiny = selectProfile(small, 'tiny');
const nothing = { winners: new Map(), candidates: new Map() };
const [narrow] = stageTrials(small, tiny, small.stages[0]!, nothing);

const study = parseStudy(cifar10, 'cifar10');
const stageNamed = (name: string) => study.stages.find((stage) => stage.name === name) as Stage;
const namesOf = (trials: { name: string }[]) => trials.map(({ name }) => name);

describe('stageTrials', () => {
  it("starts from the winner's full configuration and its name", () => {
    const start: NamedConfig = { name: 'w', config: { ...narrow!.config, dropout: 0.3 } };
    const [fast] = stageTrials(small, tiny, small.stages[1]!, {
      ...nothing,
      winners: new Map([['width', start]]),
    });
    expect(fast).toMatchObject({
      name: 'w_fast',
      config: { ...narrow!.config, dropout: 0.3, learningRate: 0.05 },
    });
  });

  it('plans the shipped study as the original report did', () => {
    const full = selectProfile(study, 'full');
    const dense = stageTrials(study, full, stageNamed('dense'), nothing);
    expect(namesOf(dense)).toEqual([
      'MLP',
      'relu_layer_div2',
      'relu_layer_div4',
      'relu_div4_div2',
      'relu_6_layer_divrand',
      'relu_4_layer_divrand',
    ]);
    const start = { name: 'rn50', config: { ...dense[0]!.config }, rule: [4] };
    const winners = new Map(
      ['dense', 'cnn', 'activation', 'optimizer', 'search'].map((name) => [name, start] as const),
    );
    const cnn = stageTrials(study, full, stageNamed('cnn'), { ...nothing, winners });
    expect(namesOf(cnn)).toEqual([
      'default_conv',
      'simple_cnn',
      'simple_cnn_arq_2',
      'simple_cnn_arq_4',
      'rn50',
    ]);
    const candidates = new Map([
      ['dense', dense],
      ['cnn', cnn],
    ]);
    const plan = (name: string) => stageTrials(study, full, stageNamed(name), { winners, candidates });
    expect(namesOf(plan('activation'))).toEqual(['rn50_leakyRelu', 'rn50_sigmoid', 'rn50_elu', 'rn50_silu']);
    expect(namesOf(plan('optimizer'))).toEqual([
      'rn50_adagrad',
      'rn50_adadelta',
      'rn50_sgd_expo_scheduler',
      'rn50_adadelta_expo_scheduler',
    ]);
    expect(namesOf(plan('dropout'))).toEqual(['rn50_dropout_0.2', 'rn50_dropout_0.5']);
    const leakage = plan('leakage');
    expect(leakage.map(({ of }) => of)).toEqual(['MLP', 'relu_layer_div2', 'simple_cnn']);
    expect(leakage[0]?.config).toEqual({ ...dense[0]?.config, validationFlip: true });
    expect(plan('reproducibility')).toEqual([
      { name: 'rn50_again', config: start.config, repetition: 1, of: 'rn50' },
    ]);
    const all = study.stages.filter(({ kind }) => kind !== 'search').flatMap(({ name }) => plan(name));
    expect(all.length + 10).toBe(35);
  });

  it('trains the reduced form of a network in profiles that ask for it, under its own name', () => {
    const winners = new Map([['dense', { ...narrow!, rule: [4] }]]);
    const cnn = stageTrials(study, selectProfile(study, 'demo'), stageNamed('cnn'), { ...nothing, winners });
    expect(cnn.at(-1)).toMatchObject({ name: 'rn14_reduced', config: { network: { blocks: [1, 1, 1, 1] } } });
  });
});

describe('promotedConfig', () => {
  const start: NamedConfig = { name: 'a', config: narrow!.config };
  const standing = { suggestion: null, override: null, takenOver: false };
  const planned = [{ name: 'a_b', config: { ...narrow!.config, dropout: 0.5 }, repetition: 0, of: null }];
  const course = { start, planned, profile: tiny, ranking: ['a_b'] };

  it('hands on the winner', () => {
    expect(promotedConfig({ ...standing, name: 'a_b' }, course)).toMatchObject({
      name: 'a_b',
      config: { dropout: 0.5 },
    });
  });

  it("hands on what a search drew, under the start's name", () => {
    const promoted = promotedConfig(
      { ...standing, name: 'a_search_03', suggestion: { batchSize: 128 } },
      course,
    );
    expect(promoted).toEqual({ name: 'a', config: { ...start.config, batchSize: 128 } });
  });

  it('hands on what the stage started from if that won', () => {
    const drawn = { ...standing, name: 'a_search_03', suggestion: { batchSize: 128 }, takenOver: true };
    expect(promotedConfig(drawn, course)).toEqual(start);
  });

  it('hands on what a person changed, with epochs that the profile no longer divides', () => {
    const override = asTrained({ batchSize: 16, epochs: 3 }, { epochDivisor: 1 });
    const { config } = promotedConfig({ ...standing, name: 'a_b', override }, course);
    expect(config).toMatchObject({ batchSize: 16, dropout: 0.5, epochs: 3 });
  });
});

describe('profiles', () => {
  it('divide epochs, to one at least, and round a half upwards', () => {
    const epochs = [25, 10, 4, 2.5, 1].map(
      (epochDivisor) => asTrained({ epochs: 10 }, { epochDivisor }).epochs,
    );
    expect(epochs).toEqual([1, 1, 3, 4, 10]);
  });

  it('use all images if they ask for more than there are', () => {
    const profile = selectProfile(study, 'demo');
    expect(trialData(small, profile, { sha256: 'd', trainImages: 50_000 }).trainImages).toBe(2000);
    expect(trialData(small, profile, { sha256: 'd', trainImages: 1500 }).trainImages).toBe(1500);
  });
});

describe('trialKey', () => {
  const data = { dataset: 'a'.repeat(64), trainImages: 100, validationFraction: 0.2, splitSeed: 1 };
  const config = { ...narrow!.config, ...asTrained({ epochs: small.base.epochs }, { epochDivisor: 1 }) };
  const spec = trialSpec(config, data, { seed: 1, repetition: 0, weights: null, numerics: 1 });

  it('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec;
    expect(trialKey(reversed)).toBe(trialKey(spec));
  });

  it('tells trials apart if their results may differ', () => {
    const others = [
      { ...spec, seed: 2 },
      { ...spec, numerics: spec.numerics + 1 },
      { ...spec, repetition: 1 },
      { ...spec, initialWeights: 'b'.repeat(64) },
      { ...spec, data: { ...data, splitSeed: 2 } },
      { ...spec, data: { ...data, trainImages: 99 } },
      { ...spec, data: { ...data, dataset: 'c'.repeat(64) } },
      { ...spec, config: { ...config, validationFlip: true } },
      { ...spec, config: { ...config, threads: 2 } },
      { ...spec, config: { ...config, warmUp: 1 } },
      { ...spec, config: { ...config, labelSmoothing: 0.1 } },
      { ...spec, config: { ...config, clipNorm: 1 } },
      { ...spec, config: { ...config, augmentations: [{ kind: 'crop' as const, padding: 4 }] } },
    ];
    expect(new Set([spec, ...others].map(trialKey)).size).toBe(others.length + 1);
  });

  it.each(Object.entries(newerDefaults))(
    'is the same whether or not somebody writes the default of %s',
    (name, value) => {
      const of = { seed: 1, repetition: 0, weights: null, numerics: 1 };
      expect(trialKey(trialSpec({ ...config, [name]: value }, data, of))).toBe(trialKey(spec));
      expect(trialKey(trialSpec({ ...config, [name]: undefined }, data, of))).toBe(trialKey(spec));
    },
  );

  it('depends on the measure by which the study ranks, unless that is accuracy', () => {
    const of = { seed: 1, repetition: 0, weights: null, numerics: 1 };
    const keyOf = (rankBy: Measure) => trialKey(trialSpec(config, data, { ...of, rankBy }));
    expect(keyOf('accuracy')).toBe(trialKey(spec));
    const others = (['balanced accuracy', 'macro F1', 'top-5', 'loss'] as const).map(keyOf);
    expect(new Set([trialKey(spec), ...others]).size).toBe(5);
  });

  it('is the same whether or not somebody writes that a trial has one thread', () => {
    const of = { seed: 1, repetition: 0, weights: null, numerics: 1 };
    expect(trialKey(trialSpec({ ...config, threads: 1 }, data, of))).toBe(trialKey(spec));
    const base = { ...small, base: { ...small.base, threads: 4 } };
    const [wide] = (base.stages[0] as CompareStage).candidates;
    const stage = {
      ...(base.stages[0] as CompareStage),
      candidates: [wide!, { ...wide!, name: 'one', change: { ...wide!.change, threads: 1 } }],
    };
    const [four, one] = stageTrials(base, tiny, stage, nothing).map(
      (trial) => trialSpec(trial.config, data, of).config.threads,
    );
    expect([four, one]).toEqual([4, undefined]);
  });

  it('stays what it was: stored results are found by it', () => {
    expect(trialKey(spec)).toMatchInlineSnapshot(
      `"3c12cd884b61024e586cc3cbb983efa969e7d83ad3482f1bfba5d3f5e1c5b662"`,
    );
  });
});
