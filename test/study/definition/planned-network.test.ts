import { describe, expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import { asNetwork, type PlannedNetwork } from '../../../study/definition/planned-network.ts';
import { planCourse } from '../../../study/plan/course.ts';
import type { PlannedTrial } from '../../../study/plan/plan.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { smallStudy } from '../../workflows/small-study.ts';

const withNetwork = (network: unknown) => {
  const study: any = structuredClone(smallStudy);
  study.stages[0].candidates[0].change.network = network;
  return () => parseStudy(study, 'mine.json');
};

describe('dense layers by a rule', () => {
  it.each([
    ['relu_layer_div2', [1536, 768, 384, 192, 96, 48, 24, 12]],
    ['relu_layer_div4', [768, 192, 48, 12]],
    ['relu_div4_div2', [768, 384, 96, 48, 12]],
    ['simple_cnn_arq_2', [2048, 1024, 512, 256, 128, 64, 32, 16]],
    ['simple_cnn_arq_4', [1024, 256, 64, 16]],
  ])('are those of the original report: %s', (name, hidden) => {
    const study = parseStudy(cifar10, 'cifar10');
    const course = planCourse(study, selectProfile(study, 'full'));
    const trial = course.flatMap(({ trials }) => trials).find((each) => each.name === name);
    expect(trial?.config.network.hidden).toEqual(hidden);
  });

  it('are divided in turn, rounded down, while they are more than the classes', () => {
    const layersOf = (hidden: PlannedNetwork['hidden']) =>
      asNetwork({ kind: 'dense', hidden }, CIFAR10_INPUT).hidden;
    expect(layersOf({ divide: [3, 7] })).toEqual([1024, 146, 48]);
    expect(layersOf({ divide: [2], first: 44 })).toEqual([44, 22, 11]);
    expect(layersOf({ divide: [2], first: 5 })).toEqual([5]);
    expect(layersOf([7, 8])).toEqual([7, 8]);
  });

  it('are refused if there would be none', () => {
    expect(withNetwork({ kind: 'dense', hidden: { divide: [1000] } })).toThrow(
      'stages[0].candidates[0].change.network: expected a network that fits 32×32 images: 3072 features, divided by 1000, are not more than the 10 classes; use a smaller divisor',
    );
  });

  it('are refused with the path of a fault', () => {
    expect(withNetwork({ kind: 'dense', hidden: { divide: [1] } })).toThrow(
      'stages[0].candidates[0].change.network.hidden.divide[0]: expected at least 2, got 1',
    );
    expect(withNetwork({ kind: 'dense', hidden: { divid: [2] } })).toThrow(
      'unknown key "divid" (did you mean "divide"?)',
    );
    expect(withNetwork({ kind: 'dense', hidden: [0] })).toThrow(
      'stages[0].candidates[0].change.network.hidden[0]: expected at least 1, got 0',
    );
    expect(withNetwork({ kind: 'dense', hidden: 64 })).toThrow(
      'stages[0].candidates[0].change.network.hidden: expected a array or a object, got 64',
    );
  });
});

describe('a rule that is taken over', () => {
  const study = parseStudy(cifar10, 'cifar10');
  const layersAfter = (winner: string, profile: string, name: string) => {
    const choose = (trials: readonly PlannedTrial[]) =>
      trials.find((trial) => trial.name === winner) ?? (trials[0] as PlannedTrial);
    const course = planCourse(study, selectProfile(study, profile), choose);
    return course.flatMap(({ trials }) => trials).find((trial) => trial.name === name)?.config.network.hidden;
  };
  const halves = [1024, 512, 256, 128, 64, 32, 16];

  // The others follow the winner in the order of the candidates, so that relu_layer_div2 is the next with a rule.
  it.each([
    ['MLP', halves],
    ['relu_layer_div2', halves],
    ['relu_layer_div4', [1024, 256, 64, 16]],
    ['relu_div4_div2', [1024, 256, 128, 32, 16]],
    ['relu_6_layer_divrand', halves],
    ['relu_4_layer_divrand', halves],
  ])('is that of the best-ranked candidate that has one: after %s', (winner, hidden) => {
    expect(layersAfter(winner, 'full', 'rn50')).toEqual(hidden);
  });

  it('is taken by the reduced network too', () => {
    expect(layersAfter('relu_layer_div4', 'demo', 'rn14_reduced')).toEqual([64, 16]);
    expect(layersAfter('relu_layer_div2', 'demo', 'rn14_reduced')).toEqual([64, 32, 16]);
  });

  it('needs an earlier stage that has one', () => {
    const spoilt = structuredClone(cifar10);
    const [, cnn] = spoilt.stages as any[];
    cnn.candidates[4].change.network.hidden.ruleOf = 'cnn';
    expect(() => parseStudy(spoilt, 'mine')).toThrow(
      'stages[1].candidates[4].change.network.hidden.ruleOf: expected the name of an earlier stage that has a candidate with a rule of dense layers ("dense"), got "cnn"',
    );
  });
});
