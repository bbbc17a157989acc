import type { EpochResult } from './job.ts';

/** One side's epochs of one network, by seed. */
export type Trials = readonly (readonly EpochResult[])[];

export interface ComparedNetwork {
  name: string;
  ours: Trials;
  pytorch: Trials;
}

/** Validation accuracies of both sides after the first and the last epoch and at their best, as a Markdown table. */
export function comparisonTable(networks: readonly ComparedNetwork[], epochs: number): string {
  const columns: [string, (trial: readonly EpochResult[]) => number][] = [
    ['epoch 1', (trial) => accuracyAt(trial, 0)],
    [`epoch ${epochs}`, (trial) => accuracyAt(trial, epochs - 1)],
    ['best epoch', (trial) => Math.max(...trial.map(({ accuracy }) => accuracy))],
  ];
  const rows = networks.flatMap(({ name, ours, pytorch }) => [
    [`\`${name}\``, 'ours', ...columns.map(([, value]) => meanAndRange(ours.map(value)))],
    ['', 'PyTorch', ...columns.map(([, value]) => meanAndRange(pytorch.map(value)))],
    ['', 'difference', ...columns.map(([, value]) => difference(ours.map(value), pytorch.map(value)))],
  ]);
  const head = ['network', '', ...columns.map(([title]) => title)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

// --- helpers ---

function accuracyAt(trial: readonly EpochResult[], index: number): number {
  const epoch = trial[index];
  if (!epoch) throw new Error(`expected epoch ${index + 1} of a trial, got ${trial.length} epochs`);
  return epoch.accuracy;
}

/** `53.09 (52.71–53.40)` */
function meanAndRange(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2));
  return `${mean(values).toFixed(2)} (${low}–${high})`;
}

/** Difference of the means, with its standard error from the spread of both sides' seeds: `+0.21 ± 0.35`. */
function difference(ours: readonly number[], theirs: readonly number[]): string {
  const error = Math.sqrt(variance(ours) / ours.length + variance(theirs) / theirs.length);
  const value = mean(ours) - mean(theirs);
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)} ± ${error.toFixed(2)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased. */
function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
