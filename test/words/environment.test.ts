import { expect, it } from 'vitest';
import { differencesInWords, environmentsInWords } from '../../words/environment.ts';

const environment = { tensorflow: '2.21.0', kind: 'CPU', name: 'A' };

it('names a trial’s environments in order, with the step from which each trained', () => {
  expect(environmentsInWords({ environment })).toEqual(['TensorFlow 2.21.0, on CPU, device A']);
  const earlierEnvironments = [
    { untilStep: 20, values: {} },
    { untilStep: 50, values: { ...environment, name: 'B' } },
  ];
  expect(environmentsInWords({ environment, earlierEnvironments })).toEqual([
    'after step 0: not recorded',
    'after step 20: TensorFlow 2.21.0, on CPU, device B',
    'after step 50: TensorFlow 2.21.0, on CPU, device A',
  ]);
  expect(environmentsInWords({ environment: null })).toEqual([]);
});

it('names what differs between environments', () => {
  expect(differencesInWords([environment, { ...environment }])).toBeUndefined();
  expect(differencesInWords([environment, { ...environment, name: 'B', kind: 'GPU', tf32: 'off' }])).toBe(
    'CPU or GPU, device, TF32',
  );
});
