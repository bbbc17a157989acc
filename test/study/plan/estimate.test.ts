import { expect, it } from 'vitest';
import { estimateSeconds } from '../../../study/plan/estimate.ts';
import { configOf, withEpochs } from '../../training/configs.ts';

const network = { kind: 'dense' as const, hidden: [8] };
const cost = { trainMilliseconds: 10, batchSize: 32, evaluationMillisecondsPerImage: 0.1 };

it('adds up the steps and evaluations of every epoch, and the start of every trainer', () => {
  const config = configOf(network, { epochs: 5 });
  const trials = [
    { name: 'five', config },
    { name: 'ten', config: withEpochs(config, 10) },
  ];
  // An epoch: 50 steps of 10 ms, and 400 images of 0.1 ms.
  const seconds = estimateSeconds(trials, { training: 1600, validation: 400 }, () => cost);
  expect(seconds).toBeCloseTo(15 * 0.54 + 2 * 3);
});
