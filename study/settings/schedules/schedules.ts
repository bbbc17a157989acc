/** The schedules of the learning rate, each with its settings, its rates and its words in a file of its own. */
import { z } from 'zod';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import type { EpochOfSchedule, ScheduleEntry } from './entry.ts';
import { exponential } from './exponential.ts';
import { step } from './step.ts';

export const scheduleSchema = z
  .discriminatedUnion('kind', [constant.schema, exponential.schema, cosine.schema, step.schema])
  .meta({ title: 'Schedule', description: 'How the learning rate changes from epoch to epoch.' });

export type Schedule = z.infer<typeof scheduleSchema>;

/** The learning rate of an epoch, without the warm-up. */
export function rateAt(schedule: Schedule, at: EpochOfSchedule): number {
  return entryOf(schedule).rateAt(schedule, at);
}

/** A schedule as a list of settings has it: `rate × 0.95 an epoch`. */
export function scheduleInWords(schedule: Schedule): string {
  return entryOf(schedule).inWords(schedule);
}

/** The same schedule for a training with fewer epochs. @param divided what becomes of a number of epochs. */
export function withEpochs(schedule: Schedule, divided: (epochs: number) => number): Schedule {
  return (entryOf(schedule).withEpochs?.(schedule, divided) ?? schedule) as Schedule;
}

// --- helpers ---

const ENTRIES: Record<Schedule['kind'], ScheduleEntry> = { constant, exponential, cosine, step };

function entryOf({ kind }: Schedule): ScheduleEntry {
  return ENTRIES[kind];
}
