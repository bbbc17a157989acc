import { expect, it } from 'vitest';
import { loadedAs } from '../../../client/export/write-model.ts';
import { configOf, tinyResnet } from '../../training/configs.ts';

const config = configOf({ ...tinyResnet, pretrained: true }, { activation: 'elu' });
const data = { dataset: 'a'.repeat(64), trainImages: 20, validationFraction: 0.2, splitSeed: 1 };
const spec = { config, data, seed: 1, repetition: 0, initialWeights: 'scratch' as const, numerics: 4 };

it('a pretrained network is exported as the network that it is: PyTorch’s loader takes nothing else', () => {
  expect(loadedAs({ spec }, ['cat'])).toEqual({
    network: tinyResnet,
    activation: 'elu',
    classes: ['cat'],
    input: [32, 32, 3],
    normalisation: { mean: [0.5], deviation: [0.5] },
    resize: { fit: 'crop', resampling: 'bilinear' },
  });
});

it('the form of other data, and what they were normalised with, is exported', () => {
  const normalisation = { mean: [0.1], deviation: [0.2] };
  const other = {
    ...spec,
    data: { ...data, input: { shape: [8, 9, 1] as [number, number, number], classes: 2 } },
  };
  expect(loadedAs({ spec: other, normalisation }, ['a', 'b'])).toMatchObject({
    input: [8, 9, 1],
    normalisation,
  });
});
