import { condition } from '@temporalio/workflow';
import { all } from '../children.ts';

/**
 * Trains side by side, in lines: each starts its next trial when the one before has ended, or waits for a person.
 *
 * @param work.next what a line trains next, by the line's number from 0; undefined ends the line.
 * @throws the first error, when all have ended.
 */
export async function inLines<T>(
  lines: number,
  work: {
    next: (line: number) => Promise<T | undefined>;
    train: (each: T) => Promise<unknown>;
    isParked: (each: T) => boolean;
  },
): Promise<void> {
  const trained: Promise<unknown>[] = [];
  const line = async (place: number) => {
    for (let each = await work.next(place); each !== undefined; each = await work.next(place)) {
      const current = each;
      let hasEnded = false;
      const ended = work.train(current).finally(() => {
        hasEnded = true;
      });
      trained.push(ended);
      await Promise.race([ended, condition(() => hasEnded || work.isParked(current))]);
    }
  };
  const started = Array.from({ length: lines }, (_, place) => line(place));
  // A line that is cancelled doesn't wait for its trial, which ends a little later.
  await Promise.allSettled(started);
  await all([...started, ...trained]);
}
