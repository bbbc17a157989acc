import { failures, table } from '../markdown.ts';
import { isSelection } from '../networks.ts';
import { measureOverhead, type Overhead } from '../studies/overhead.ts';
import type { Section } from './section.ts';

export const overhead: Section<Overhead> = {
  name: 'overhead',
  title: 'Overhead of a trial',
  wholeStudies: true,
  method:
    'Many trials that do next to nothing, as many at once as there are cores. Ours is a study, run by `run` on a stack that is ' +
    'up, whose search draws learning rates. Each of its trials builds a network of one hidden unit, takes one step on 16 ' +
    'images, validates, stores a checkpoint and a result, and has a history of its own in Temporal. In the other tools, a ' +
    'trial draws a number and reports it; they store what they store by default. A trial’s time is what trials add to the ' +
    'time of a study of one or two trials, which ran before in the same stack or process.',
  async *measure(bench) {
    if (!isSelection(bench.networks)) yield* measureOverhead(bench);
  },
  markdown: ({ trials, atOnce, tools, failed }) =>
    [
      table(
        [`${trials} trials, ${atOnce} at once`, 's a trial', 's in all', 'required on two cores'],
        Object.entries(tools).map(([tool, { seconds, secondsATrial, disturbed }]) => [
          tool,
          `${secondsATrial.toFixed(3)}${disturbed ? '\\*' : ''}`,
          seconds.toFixed(1),
          tool === 'ours' ? requirement(secondsATrial, tools) : '',
        ]),
      ),
      ...failures(Object.entries(failed).map(([what, why]) => ({ what, why }))),
    ].join('\n\n'),
};

// --- helpers ---

/** The tool whose overhead ours has to be below. */
const COMPARED = 'Ray Tune';

function requirement(secondsATrial: number, tools: Overhead['tools']): string {
  const compared = tools[COMPARED];
  if (!compared) return `less than ${COMPARED}: not measured`;
  return `less than ${COMPARED}: ${secondsATrial < compared.secondsATrial ? 'reached' : 'missed'}`;
}
