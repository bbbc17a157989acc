import { expect, it } from 'vitest';
import { didYouMean } from '../../../study/definition/did-you-mean.ts';

const trials = ['MLP', 'relu_layer_div2', 'relu_layer_div4', 'simple_cnn', 'simple_cnn_elu'];

it.each([
  ['mlp', ' (did you mean "MLP"?)'],
  ['MPL', ' (did you mean "MLP"?)'],
  ['simple_cn', ' (did you mean "simple_cnn"?)'],
  ['relu_layer_div', ' (did you mean "relu_layer_div2" or "relu_layer_div4"?)'],
  ['resnet', ''],
  ['', ''],
])('suggests for "%s":%s', (word, text) => {
  expect(didYouMean(word, trials)).toBe(text);
});

it('suggests nothing if nothing is known', () => {
  expect(didYouMean('MLP', [])).toBe('');
});
