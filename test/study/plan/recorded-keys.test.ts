import { expect, it } from 'vitest';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import { planCourse } from '../../../study/plan/course.ts';
import { trialData, trialSpec } from '../../../study/plan/plan.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import recorded from './recorded-keys.json' with { type: 'json' };

// They are from before rules were handed over: ResNet-50 had the original report's.
const reported = JSON.stringify(cifar10).replaceAll('"ruleOf":"dense"', '"divide":[4]');
const study = parseStudy(JSON.parse(reported), 'cifar10');

// Stored results are found by their keys: a change here means that every trial is trained again.
it.each([
  ['demo', 'first'],
  ['demo', 'last'],
  ['full', 'first'],
  ['full', 'last'],
] as const)(
  'the shipped study keeps the keys of its trials: profile %s, the %s candidate wins',
  (name, which) => {
    const profile = selectProfile(study, name);
    const data = trialData(study, profile, { sha256: 'a'.repeat(64), trainImages: 50_000 });
    const course = planCourse(study, profile, (trials) => trials.at(which === 'first' ? 0 : -1)!);
    const keys = course.flatMap(({ stage, trials }) =>
      trials.map(({ name: trial, config, repetition }) => {
        const of = {
          seed: study.seed,
          repetition,
          numerics: 3, // of the recorded keys: only `numerics` may change them
          weights: 'b'.repeat(64),
        };
        return [`${stage.name}/${trial}`, trialKey(trialSpec(config, data, of))];
      }),
    );
    expect(Object.fromEntries(keys)).toEqual(recorded[name][which]);
  },
);
