import { FIRST_STEP_LIMIT } from '../floors.ts';
import { table, withRange } from '../markdown.ts';
import { measureFirstStep } from '../timing/first-step.ts';
import type { Summary } from '../timing/statistics.ts';
import type { Section } from './section.ts';

export const start: Section<Summary> = {
  name: 'start',
  title: 'Start',
  method:
    'From the start of a trainer’s process to the end of its first step: `simple_cnn`, batch 32, 50,000 images in the machine’s cache.',
  async *measure({ networks, parts, signal, log }) {
    const network = networks.find(({ name }) => name === 'simple_cnn');
    if (network) yield await measureFirstStep(parts, network.network, signal, log);
  },
  markdown: (seconds) =>
    table(
      ['from a trainer’s start to its first step, s', 'required on two cores'],
      [
        [
          withRange(seconds),
          `under ${FIRST_STEP_LIMIT}: ${seconds.median < FIRST_STEP_LIMIT ? 'reached' : 'missed'}`,
        ],
      ],
    ),
};
