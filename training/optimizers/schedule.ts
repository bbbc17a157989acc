import type { TrainingConfig } from '../../study/definition/training-config.ts';
import { rateAt } from '../../study/settings/schedules/schedules.ts';

/**
 * The learning rate of each step of an epoch: the schedule's rate, times the part of the warm-up's steps that have begun. In the
 * last step of the warm-up, it is the schedule's.
 *
 * @param epoch from 1.
 * @returns the rate of a step, which counts from 1 in each epoch.
 */
export function learningRates(
  { schedule, learningRate, epochs, warmUp = 0 }: TrainingConfig,
  epoch: number,
  stepsPerEpoch: number,
): (step: number) => number {
  const rate = rateAt(schedule, { learningRate, epoch, epochs });
  const warmUpSteps = Math.round(warmUp * stepsPerEpoch);
  const before = (epoch - 1) * stepsPerEpoch;
  return (step) => (before + step < warmUpSteps ? (rate * (before + step)) / warmUpSteps : rate);
}
