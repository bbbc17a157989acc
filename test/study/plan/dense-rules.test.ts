import { describe, expect, it } from 'vitest';
import { bestRule, type DenseRule, layersByRule } from '../../../study/plan/dense-rules.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';

const HALVES: DenseRule = { divide: [2] };
const QUARTERS: DenseRule = { divide: [4] };
/** The rules of the original report's networks. */
const RULES: Record<string, DenseRule> = {
  relu_layer_div2: HALVES,
  relu_layer_div4: QUARTERS,
  relu_div4_div2: { divide: [4, 2] },
  simple_cnn_arq_2: HALVES,
  simple_cnn_arq_4: QUARTERS,
};

const networkOf = (name: string) =>
  cifar10.stages
    .flatMap((stage) => (stage.kind === 'compare' ? stage.candidates : []))
    .find((candidate) => candidate.name === name)!.change.network!;

describe('a rule of dense layers', () => {
  it.each(Object.entries(RULES))('gives the layers of %s', (name, rule) => {
    const network = networkOf(name);
    expect(layersByRule(rule, network)).toEqual(network.hidden);
  });

  it('begins with a first layer if there is one', () => {
    const rn50 = networkOf('rn50');
    expect(layersByRule(QUARTERS, rn50, 1024)).toEqual(rn50.hidden);
    expect(layersByRule(HALVES, rn50, 1024)).toEqual([1024, 512, 256, 128, 64, 32, 16]);
  });

  it('needs a hidden layer', () => {
    expect(() => layersByRule({ divide: [1000] }, { kind: 'dense' })).toThrow(
      '3072 features divided by 1000 are not more than the 10 classes',
    );
  });
});

it('the best-ranked candidate that has a rule hands it on: six winners', () => {
  const names = ['MLP', 'relu_layer_div2', 'relu_layer_div4', 'relu_div4_div2', 'relu_6', 'relu_4'];
  const layersAfter = (winner: string) => {
    const ranked = [winner, ...names.filter((name) => name !== winner)];
    const rule = bestRule(ranked.map((name) => ({ ...(RULES[name] && { rule: RULES[name] }) })));
    return layersByRule(rule!, networkOf('rn50'), 1024);
  };
  const halves = [1024, 512, 256, 128, 64, 32, 16];
  expect(names.map(layersAfter)).toEqual([
    halves,
    halves,
    [1024, 256, 64, 16],
    [1024, 256, 128, 32, 16],
    halves,
    halves,
  ]);
  expect(bestRule([{}, {}])).toBeUndefined();
});
