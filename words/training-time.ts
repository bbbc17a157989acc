import type { TrainingTime } from '../study/record/training-time.ts';
import { duration } from './numbers.ts';

/** `2 min 5 s within 1 min 20 s: 1.6 at a time on average`. With one slot, this number is the part of the time that was training. */
export function trainingTimeInWords({ trainingSeconds, elapsedSeconds }: TrainingTime): string {
  const average = Number((trainingSeconds / elapsedSeconds).toPrecision(2));
  return `${duration(trainingSeconds)} within ${duration(elapsedSeconds)}: ${average} at a time on average`;
}
