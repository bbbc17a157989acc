import { expect, it } from 'vitest';
import { reportSettings } from '../../../study/definition/training-config.ts';
import { estimateSeconds } from '../../../study/plan/estimate.ts';

const network = { kind: 'dense' as const, hidden: [8] };
const cost = { trainMilliseconds: 10, batchSize: 32, evaluationMillisecondsPerImage: 0.1 };

it('adds up the steps and evaluations of every epoch, and the start of every training', () => {
  const config = { ...reportSettings, network, epochs: 5 };
  const trials = [
    { name: 'five', config },
    { name: 'ten', config: { ...config, epochs: 10 } },
  ];
  // An epoch: 50 steps of 10 ms, and 400 images of 0.1 ms.
  const seconds = estimateSeconds(trials, { training: 1600, validation: 400 }, () => cost);
  expect(seconds).toBeCloseTo(15 * 0.54 + 2 * 3);
});
