import { epochs, epochsWithTwoThreads } from './epochs.ts';
import { memory } from './memory.ts';
import { overhead } from './overhead.ts';
import type { Section } from './section.ts';
import { start } from './start.ts';
import { steps, stepsWithTwoThreads } from './steps.ts';
import { trainings } from './trainings.ts';

/** All sections, in the order in which they are measured and shown. */
export const allSections: readonly Section[] = [
  trainings,
  steps,
  stepsWithTwoThreads,
  epochs,
  epochsWithTwoThreads,
  overhead,
  memory,
  start,
];
