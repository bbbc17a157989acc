import type { StudyRecord } from '../study/record/record.ts';
import { allRuns } from './facts/study-facts.ts';

/**
 * Every epoch of every run, one row each under a header, as RFC 4180 but with `\n` at the ends of lines.
 * Losses are nats an image, accuracies percent; that in training mode is measured for the best epoch alone. A run that later stages take over stands in its own stage only.
 */
export function renderCsv(record: StudyRecord): string {
  const rows = allRuns(record).flatMap(({ stage, trial }) =>
    trial.lines.map((line) => [
      stage.name,
      trial.name,
      trial.trialKey ?? '',
      ...LOGGED.map((key) => line[key]),
      line.epoch === trial.bestEpoch ? (trial.scoreInTrainingMode ?? '') : '',
    ]),
  );
  return [['stage', 'trial', 'trialKey', ...LOGGED, 'val_accuracy_in_training_mode'], ...rows]
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

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
