import { condition } from '@temporalio/workflow';
import { all } from '../children.ts';

/**
 * Trains side by side, in lines: each starts its next trial when the one before has ended, or waits for a person.
 *
 * @param work.next what a line trains next, by the line's number from 0; undefined ends the line.
 * @param work.parked whether what a line trains waits. The check is made after every event, for each line: it must be short.
 * @throws the first error, when all have ended.
 */
export async function inLines<T>(
  lines: number,
  work: {
    next: (line: number) => Promise<T | undefined>;
    train: (each: T) => Promise<unknown>;
    parked: (each: T) => () => boolean;
  },
): Promise<void> {
  const trained: Promise<unknown>[] = [];
  const line = async (place: number) => {
    for (let each = await work.next(place); each !== undefined; each = await work.next(place)) {
      let hasEnded = false;
      const ended = work.train(each).finally(() => {
        hasEnded = true;
      });
      trained.push(ended);
      const isParked = work.parked(each);
      await Promise.race([ended, condition(() => hasEnded || isParked())]);
    }
  };
  const started = Array.from({ length: lines }, (_, place) => line(place));
  // A line that is cancelled doesn't wait for its trial, which ends a little later.
  await Promise.allSettled(started);
  await all([...started, ...trained]);
}
