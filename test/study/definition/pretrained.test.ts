import { describe, expect, it } from 'vitest';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import { fromScratch, isResNet50, pretrainedNetworks } from '../../../study/definition/pretrained.ts';
import type { Network } from '../../../study/definition/training-config.ts';
import { stageTrials, trialSpec } from '../../../study/plan/plan.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { smallStudy, withAndWithoutWeights } from '../../workflows/small-study.ts';

const shipped = parseStudy(cifar10, 'cifar10');
const hash = 'ab'.repeat(32);

describe('the shipped study', () => {
  it('starts ResNet-50 from weights under the profile full', () => {
    const networks = pretrainedNetworks(shipped, selectProfile(shipped, 'full'));
    expect(networks).toHaveLength(1);
    expect(networks.every(isResNet50)).toBe(true);
  });

  it('starts every network from scratch under the profile demo, which has a reduced ResNet', () => {
    expect(pretrainedNetworks(shipped, selectProfile(shipped, 'demo'))).toEqual([]);
  });

  it('differs only in having no pretrained network if it is run from scratch', () => {
    const scratch = fromScratch(shipped);
    expect(JSON.stringify(scratch)).toBe(JSON.stringify(shipped).replaceAll(',"pretrained":true', ''));
    expect(pretrainedNetworks(scratch, selectProfile(scratch, 'full'))).toEqual([]);
    expect(parseStudy(scratch, 'again')).toEqual(scratch);
  });
});

describe('a study that compares the same network from weights and from scratch', () => {
  const network: Network = { kind: 'dense', hidden: [8] };
  const study = parseStudy(
    {
      ...smallStudy,
      stages: [
        withAndWithoutWeights(network),
        {
          kind: 'variant',
          name: 'other',
          question: 'And in another network?',
          of: [{ stage: 'start', candidate: 'scratch' }],
          change: { network: { kind: 'dense', hidden: [9], pretrained: true } },
        },
      ],
    },
    'start',
  );
  const tiny = selectProfile(study, 'tiny');
  const data = { dataset: hash, trainImages: 100, validationFraction: 0.2, splitSeed: 1 };
  const [scratch, pretrained] = stageTrials(study, tiny, study.stages[0]!, {
    ...{ winners: new Map(), candidates: new Map() },
  });
  const specOf = (config: typeof scratch, weights: string | null) =>
    trialSpec(config!.config, data, { seed: 1, repetition: 0, numerics: 1, weights });

  it('gives weights only to pretrained networks', () => {
    expect(pretrainedNetworks(study, tiny).map(({ hidden }) => hidden)).toEqual([[8], [9]]);
    expect(specOf(scratch, hash).initialWeights).toBe('scratch');
    expect(specOf(pretrained, hash).initialWeights).toBe(hash);
  });

  it('is another trial for other weights, and the same trial for any weights if its network is not pretrained', () => {
    expect(trialKey(specOf(pretrained, hash))).not.toBe(trialKey(specOf(pretrained, 'cd'.repeat(32))));
    expect(trialKey(specOf(scratch, hash))).toBe(trialKey(specOf(scratch, null)));
    const [, unpretrained] = stageTrials(fromScratch(study), tiny, fromScratch(study).stages[0]!, {
      ...{ winners: new Map(), candidates: new Map() },
    });
    expect(trialKey(specOf(unpretrained, null))).toBe(trialKey(specOf(scratch, null)));
  });

  it('refuses a pretrained network without weights', () => {
    expect(() => specOf(pretrained, null)).toThrow(/pretrained, but the study has no weights/);
  });

  it('accepts only true for pretrained, so that a network is written in one way', () => {
    const text = JSON.stringify(study).replace('"pretrained":true', '"pretrained":false');
    expect(() => parseStudy(JSON.parse(text), 'text')).toThrow(
      /network\.pretrained: expected one of true, got false/,
    );
  });
});
