import { epochs } from './epochs.ts';
import { memory } from './memory.ts';
import type { Section } from './section.ts';
import { start } from './start.ts';
import { steps } from './steps.ts';

/** All sections, in the order in which they are measured and shown. */
export const allSections: readonly Section[] = [steps, epochs, memory, start];
