import type { StudyRecord } from '../study/record/record.ts';
import type { OtherMeasure } from '../study/trial/measure.ts';
import { allTrials, rankedBy } from './facts/study-facts.ts';

/**
 * Every epoch of every trial, one row each under a header: RFC 4180, but lines end in `\n`.
 *
 * Losses are nats an image, other measures percent. If the study ranks by another measure than accuracy and loss, there is a column
 * for it. The score in training mode is known for the best epoch only. A trial that later stages take over is listed under its own stage only.
 */
export function renderCsv(record: StudyRecord): string {
  const measure = rankedBy(record);
  const own = measure && measure !== 'loss' ? [columnOf(measure)] : [];
  const rows = allTrials(record).flatMap(({ stage, trial }) =>
    trial.lines.map((line) => [
      stage.name,
      trial.name,
      trial.trialKey ?? '',
      ...LOGGED.map((key) => line[key]),
      ...own.map(() => line.val_score ?? ''),
      line.epoch === trial.bestEpoch ? (trial.scoreInTrainingMode ?? '') : '',
    ]),
  );
  const inTrainingMode = `${columnOf(measure)}_in_training_mode`;
  return [['stage', 'trial', 'trialKey', ...LOGGED, ...own, inTrainingMode], ...rows]
    .map((row) => `${row.map(field).join(',')}\n`)
    .join('');
}

// --- helpers ---

const LOGGED = [
  'epoch',
  'train_loss',
  'train_accuracy',
  'val_loss',
  'val_accuracy',
  'learning_rate',
  'seconds',
] as const;

/** `val_accuracy`, `val_macro_f1` */
function columnOf(measure: OtherMeasure | undefined): string {
  return `val_${(measure ?? 'accuracy').toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
