import { markdownTable } from '../markdown-table.ts';
import type { Summary } from '../timing/statistics.ts';
import type { StudyResults } from './measure-studies.ts';
import type { Overhead } from './overhead.ts';
import { EPOCHS, IMAGES } from './study-files.ts';
import type { TrainingsAnHour } from './trainings.ts';

/** Required ratio of our trainings an hour to those of the pool of processes. */
const TRAININGS_FLOOR = 1.3;
/** The tool whose overhead ours has to be below. */
const COMPARED_TOOL = 'Ray Tune';

/** The results of whole studies, as sections of the bench's page. */
export function studySections({ trainings, overhead }: StudyResults): string[] {
  const images = trainings.images === 'CIFAR-10' ? 'of CIFAR-10' : '(generated)';
  return [
    '## Trainings an hour',
    `The ${trainings.trainings} networks of the shipped study’s stages \`dense\` and \`cnn\`, without ResNet-50: ${EPOCHS} ` +
      `epochs, ${IMAGES.toLocaleString('en')} images ${images}, of which a fifth validates every epoch, batch 32. Ours is ` +
      '`run` on a stack that is up, from the start of the command to its end, with the store, the history, checkpoints ' +
      'and the report. The pool is a Python script (`bench/programs/torch_pool.py`) from its start to its end. It trains ' +
      'with PyTorch, and writes nothing: forked processes with one thread each, as many as cores, which train one network ' +
      'after another, the longest first; images in memory as uint8, convolutions with channels last, fused SGD, and our ' +
      'allocator settings.',
    trainingsTable(trainings),
    '## Overhead of a trial',
    `${overhead.trials} trials that do next to nothing, ${overhead.atOnce} at once. Ours is a study whose search draws ` +
      'learning rates: each trial builds a network of one hidden unit, takes one step on 16 images, validates, and stores ' +
      'checkpoint and result, with a history of its own in Temporal. With the other tools, a trial draws a number and ' +
      'reports it; they store what they store by default. A trial’s time is what the trials add to the time of a study ' +
      'of one or two trials, which ran before in the same stack or process.',
    overheadTable(overhead),
    ...failures(overhead),
  ];
}

// --- helpers ---

function trainingsTable({ ours, pool, atOnce, accuracy, ratio }: TrainingsAnHour): string {
  return markdownTable(
    ['', 'trainings an hour', 'mean of the best validation accuracies'],
    [
      [`ours, ${atOnce} at once`, withRange(ours), `${accuracy.ours.toFixed(1)} %`],
      [`PyTorch, pool of ${atOnce} processes`, withRange(pool), `${accuracy.pool.toFixed(1)} %`],
      [`ratio, at least ${TRAININGS_FLOOR}`, `${ratio.toFixed(2)}: ${trainingsVerdict(ours, pool)}`, ''],
    ],
  );
}

function trainingsVerdict(ours: Summary, pool: Summary): string {
  if (ours.median / pool.median >= TRAININGS_FLOOR) return 'reached';
  return ours.most / pool.least >= TRAININGS_FLOOR ? 'within noise' : 'missed';
}

function overheadTable({ tools, failed }: Overhead): string {
  const compared = tools[COMPARED_TOOL]?.secondsATrial;
  const rows = Object.entries(tools).map(([tool, { seconds, secondsATrial, disturbed }]) => {
    const verdict = compared === undefined ? '' : secondsATrial < compared ? 'reached' : 'missed';
    return [
      tool,
      `${secondsATrial.toFixed(3)}${disturbed ? '\\*' : ''}`,
      seconds.toFixed(1),
      tool === 'ours'
        ? `less than ${COMPARED_TOOL}: ${verdict || `not measured (${failed[COMPARED_TOOL]})`}`
        : '',
    ];
  });
  return markdownTable(['', 's a trial', 's in all', 'floor'], rows);
}

function failures({ failed }: Overhead): string[] {
  const lines = Object.entries(failed).map(([tool, why]) => `- ${tool}: ${why}`);
  return lines.length > 0 ? [`Not measured:\n\n${lines.join('\n')}`] : [];
}

function withRange({ median, least, most, disturbed }: Summary): string {
  const range = `${median.toFixed(0)} (${least.toFixed(0)}–${most.toFixed(0)})`;
  return `${range}${disturbed > 0 ? '\\*' : ''}`;
}
