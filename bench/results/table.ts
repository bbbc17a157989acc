import { table } from '../markdown.ts';
import type { EpochResult } from './job.ts';

/** One side's training with one seed. */
export interface Trial {
  epochs: readonly EpochResult[];
  /** Mean training loss in each part of epoch 1, nats. */
  firstEpoch: readonly number[];
}

/** Both sides' trainings with one seed: from the same weights, on the same images in the same order. */
export interface Pair {
  ours: Trial;
  pytorch: Trial;
  /** PyTorch's `firstEpoch` in double precision; null if it was not measured. */
  double: readonly number[] | null;
}

/** A network and its settings, trained with several seeds. */
export interface RowResults {
  /** `default_conv, adagrad` */
  title: string;
  pairs: readonly Pair[];
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

/**
 * How far apart training losses are in epoch 1, as a Markdown table: those of both sides, PyTorch's in single and double
 * precision, and our own with different seeds.
 */
export function lossTable(rows: readonly RowResults[]): string {
  const lines = rows.map(({ title, pairs }) => {
    const apart = pairs.map(({ ours, pytorch }) => differences(ours.firstEpoch, pytorch.firstEpoch));
    const rounding = pairs.flatMap(({ pytorch, double }) =>
      double ? differences(pytorch.firstEpoch, double).slice(1) : [],
    );
    const seeds = pairs.flatMap(({ ours }) =>
      pairs.flatMap((other) => differences(ours.firstEpoch, other.ours.firstEpoch).slice(1)),
    );
    return [
      title,
      nats(apart.map((parts) => at(parts, 0))),
      nats(apart.map((parts) => at(parts, 1))),
      nats(apart.flatMap((parts) => parts.slice(1))),
      nats(rounding),
      nats(seeds),
    ];
  });
  return table(
    [
      'network',
      'first step',
      'first tenth',
      'any tenth',
      'PyTorch, single and double precision, any tenth',
      'two seeds, any tenth',
    ],
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

function differences(losses: readonly number[], others: readonly number[]): number[] {
  return losses.map((loss, part) => Math.abs(loss - at(others, part)));
}

/** The largest value with two significant digits: `0.0000021`, `0.013`, `1.2`. */
function nats(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const most = Math.max(...values);
  if (most === 0) return '0';
  return most.toFixed(Math.min(Math.max(0, 1 - Math.floor(Math.log10(most))), 12));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased. */
function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
