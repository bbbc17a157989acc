import { expect, it } from 'vitest';
import { loadedAs } from '../../../client/export/write-model.ts';
import { configOf, tinyResnet } from '../../training/configs.ts';

it('a pretrained network is exported as the network that it is: PyTorch’s loader takes nothing else', () => {
  const config = configOf({ ...tinyResnet, pretrained: true }, { activation: 'elu' });
  expect(loadedAs(config, ['cat'])).toEqual({ network: tinyResnet, activation: 'elu', classes: ['cat'] });
});
