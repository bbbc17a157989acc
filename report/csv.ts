import type { StudyRecord } from '../study/record/record.ts';
import { allTrials } from './facts/study-facts.ts';

/**
 * Every epoch of every trial, one row each under a header: RFC 4180, but lines end in `\n`.
 *
 * Losses are nats an image, accuracies percent. The accuracy in training mode is known for the best epoch only. A trial
 * that later stages take over is listed under its own stage only.
 */
export function renderCsv(record: StudyRecord): string {
  const rows = allTrials(record).flatMap(({ stage, trial }) =>
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
