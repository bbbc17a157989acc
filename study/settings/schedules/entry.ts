import type { z } from 'zod';

/** What a schedule's file says of it. */
export interface ScheduleEntry<Schema extends z.ZodObject = z.ZodObject> {
  schema: Schema;
  /** The learning rate of an epoch. */
  rateAt(schedule: z.infer<Schema>, at: EpochOfSchedule): number;
  /** As a list of settings has it: `rate × 0.95 an epoch`. */
  inWords(schedule: z.infer<Schema>): string;
  /** The same schedule for a training with fewer epochs. Left out: it says nothing in epochs. */
  withEpochs?(schedule: z.infer<Schema>, divided: (epochs: number) => number): z.infer<Schema>;
}

export interface EpochOfSchedule {
  /** Of the first epoch. */
  learningRate: number;
  /** From 1. */
  epoch: number;
  /** How many the trial trains. */
  epochs: number;
}

/** Gives an entry the type of its schema. */
export function scheduleEntry<Schema extends z.ZodObject>(
  entry: ScheduleEntry<Schema>,
): ScheduleEntry<Schema> {
  return entry;
}
