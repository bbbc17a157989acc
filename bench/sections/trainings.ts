import { REACHED, TRAININGS_FLOOR, verdictOf } from '../floors.ts';
import { table } from '../markdown.ts';
import { isSelection } from '../networks.ts';
import { EPOCHS, IMAGES } from '../studies/study-files.ts';
import { measureTrainings, type TrainingsAnHour } from '../studies/trainings.ts';
import type { Summary } from '../timing/statistics.ts';
import type { Section } from './section.ts';

export const trainings: Section<TrainingsAnHour> = {
  name: 'trainings',
  title: 'Trainings an hour',
  wholeStudies: true,
  method:
    'The networks of the shipped study’s stages `dense` and `cnn`, without ResNet-50: ' +
    `${EPOCHS} epochs, ${IMAGES.toLocaleString('en')} images, of which a fifth validates every epoch, batch 32. Ours is \`run\` ` +
    'on a stack that is up and has the images: from the start of the command to its end, with checkpoints, results, history ' +
    'and report. The pool is a Python script (`bench/programs/torch_pool.py`), from its start to its end. It trains with ' +
    'PyTorch and stores nothing. As many processes as cores train one network after another with one thread each, the longest ' +
    'first. They share the images, which are in memory as bytes, and use fused SGD, and channels last for convolutions.',
  async *measure(bench) {
    if (!isSelection(bench.networks)) yield* measureTrainings(bench);
  },
  markdown: ({ images, trainings: count, atOnce, ours, pool, accuracy }) =>
    table(
      [
        `${count} trainings, images: ${images}`,
        'trainings an hour',
        'mean of the best validation accuracies',
      ],
      [
        [`ours, ${atOnce} cores`, anHour(count, ours), `${accuracy.ours.toFixed(1)} %`],
        [`PyTorch, ${atOnce} processes`, anHour(count, pool), `${accuracy.pool.toFixed(1)} %`],
        [
          'ratio',
          (pool.median / ours.median).toFixed(2),
          `required on two cores: ${TRAININGS_FLOOR}: ${REACHED[verdictOf(ours, pool, TRAININGS_FLOOR)]}`,
        ],
      ],
    ),
};

// --- helpers ---

/** @param seconds of all trainings. */
function anHour(count: number, { median, least, most, runs, disturbed }: Summary): string {
  const of = (seconds: number) => ((3600 * count) / seconds).toFixed(0);
  const range = runs > 1 ? ` (${of(most)}–${of(least)})` : '';
  return `${of(median)}${range}${disturbed > 0 ? '\\*' : ''}`;
}
