import { table } from '../markdown.ts';
import type { EpochResult } from './job.ts';

/** One side's training with one seed. */
export interface Trial {
  epochs: readonly EpochResult[];
  /** Mean training loss in each part of epoch 1, nats. */
  firstEpoch: readonly number[];
}

/** A network and its settings, trained with several seeds. */
export interface RowResults {
  /** `default_conv, adagrad` */
  title: string;
  /** By seed: both sides start from the same weights, and see the same images in the same order. */
  pairs: readonly { ours: Trial; pytorch: Trial }[];
}

/** Validation accuracies of both sides after the first, the middle and the last epoch, as a Markdown table. */
export function accuracyTable(rows: readonly RowResults[]): string {
  const lines = rows.flatMap(({ title, pairs }) => {
    const epochs = pairs[0]?.ours.epochs.length ?? 0;
    const shown = [1, Math.ceil(epochs / 2), epochs];
    const of = (side: 'ours' | 'pytorch', epoch: number) =>
      pairs.map((pair) => accuracyAt(pair[side], epoch));
    return [
      [title, String(epochs), 'ours', ...shown.map((epoch) => meanAndRange(of('ours', epoch)))],
      ['', '', 'PyTorch', ...shown.map((epoch) => meanAndRange(of('pytorch', epoch)))],
      ['', '', 'difference', ...shown.map((epoch) => difference(of('ours', epoch), of('pytorch', epoch)))],
    ];
  });
  return table(['network', 'epochs', '', 'epoch 1', 'middle epoch', 'last epoch'], lines);
}

/** How far apart the training losses of both sides are in epoch 1, and those of different seeds, as a Markdown table. */
export function lossTable(rows: readonly RowResults[]): string {
  const lines = rows.map(({ title, pairs }) => {
    const apart = pairs.map(({ ours, pytorch }) =>
      ours.firstEpoch.map((loss, part) => Math.abs(loss - at(pytorch.firstEpoch, part))),
    );
    const seeds = at(apart, 0).map((_, part) => {
      const losses = pairs.map(({ ours }) => at(ours.firstEpoch, part));
      return Math.max(...losses) - Math.min(...losses);
    });
    const first = Math.max(...apart.map((parts) => at(parts, 0)));
    return [title, nats(first), nats(Math.max(...apart.flat())), nats(Math.max(...seeds))];
  });
  return table(
    ['network', 'first tenth of epoch 1', 'any tenth of epoch 1', 'between seeds, any tenth'],
    lines,
  );
}

// --- helpers ---

function accuracyAt(trial: Trial, epoch: number): number {
  return at(trial.epochs, epoch - 1).accuracy;
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined)
    throw new Error(`expected more than ${index} values of a trial, got ${values.length}`);
  return value;
}

/** `53.09 (52.71–53.40)` */
function meanAndRange(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(2));
  return `${mean(values).toFixed(2)} (${low}–${high})`;
}

/** The mean difference of the pairs, with its standard error: `+0.21 ± 0.35`. */
function difference(ours: readonly number[], theirs: readonly number[]): string {
  const differences = ours.map((value, pair) => value - at(theirs, pair));
  const value = mean(differences);
  const error = Math.sqrt(variance(differences) / differences.length);
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)} ± ${error.toFixed(2)}`;
}

/** Two significant digits: `0.0000021`, `0.013`, `1.2`. */
function nats(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(value)));
  return value.toFixed(Math.min(decimals, 12));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased. */
function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
