import { plural } from '../../words/numbers.ts';
import { REACHED, verdictOf } from '../floors.ts';
import { table, withRange } from '../markdown.ts';
import { type EpochTimes, type LoopTime, measureEpochTimes } from '../timing/epoch-times.ts';
import type { Section } from './section.ts';

/** One thread is the trainer's default. */
export const epochs = epochsWith(1);
export const epochsWithTwoThreads: Section<EpochTimes[]> = {
  ...epochsWith(2),
  name: 'epochs-2',
  onlyIfNamed: true,
};

function epochsWith(threads: number): Section<EpochTimes[]> {
  return {
    name: 'epochs',
    title: `An epoch, ${plural(threads, 'thread')}`,
    method:
      'Training on 40,000 images at batch 32, without the validation, beside two PyTorch loops with fused SGD. The good loop ' +
      'keeps the images in memory as bytes, gathers, mirrors and normalises each batch at once, sums the losses without ' +
      'reading them, and uses channels last where that is faster. The original report’s loop has torchvision’s transforms on ' +
      'PIL images, two loader workers besides its threads, and reads loss and accuracy at every step; it is measured once. Epochs that ' +
      'would take more than 60 seconds are projected from some of their steps, and marked “≈”. The ratio is the good ' +
      'loop’s.',
    async *measure(bench) {
      const found: EpochTimes[] = [];
      for (const network of bench.networks) {
        found.push(await measureEpochTimes(bench, network, threads));
        yield found;
      }
    },
    markdown: (found) =>
      table(
        ['network', 'ours, s', 'good loop, s', 'original report’s loop, s', 'ratio', 'required on two cores'],
        found.map(({ network, ours, peers, ratio, floor }) => [
          network,
          cellOf(ours),
          cellOf(peers['in memory']),
          cellOf(peers['original report']),
          ratio.toFixed(2),
          `${floor}: ${REACHED[verdictOf(ours.seconds, peers['in memory'].seconds, floor)]}`,
        ]),
      ),
  };
}

// --- helpers ---

function cellOf({ seconds, projectedFrom }: LoopTime): string {
  return `${projectedFrom === null ? '' : '≈ '}${withRange(seconds)}`;
}
