import type { EpochLine } from '../../study/trial/trial.ts';
import type { Html } from '../html/html.ts';
import { draw } from './draw.ts';
import type { SeriesStyle } from './series.ts';

/** A trial as a curve. */
export interface Curve extends SeriesStyle {
  name: string;
  bestEpoch: number | null;
  lines: EpochLine[];
  /** Drawn bolder, above the others. */
  winner: boolean;
}

export type Metric = 'accuracy' | 'loss';

/** Losses above this many times the median are left out: one that explodes would flatten all the others. */
const OUTLIER = 10;

/**
 * Training (dashed) and validation (solid) by epoch, with a mark at each trial's best epoch. Trials of one epoch are points.
 *
 * @returns the figure, and the largest value drawn if larger ones were left out, else null.
 */
export async function drawCurves(
  curves: readonly Curve[],
  metric: Metric,
  label: string,
): Promise<{ svg: Html; limit: number | null }> {
  const drawn = [...curves.filter(({ winner }) => !winner), ...curves.filter(({ winner }) => winner)];
  const all = drawn.flatMap((curve) => points(curve, metric));
  const limit = metric === 'loss' ? outlierLimit(all.map(({ value }) => value)) : null;
  const values = limit === null ? all : all.filter(({ value }) => value <= limit);
  const last = Math.max(1, ...all.map(({ epoch }) => epoch));
  const svg = await draw(
    {
      data: { values },
      encoding: {
        x: {
          field: 'epoch',
          type: 'quantitative',
          scale: { domain: last === 1 ? [0.5, 1.5] : [1, last], nice: false },
          axis: { title: 'epoch', grid: false, ...(last < 8 && { values: range(last) }), format: 'd' },
        },
        y: {
          field: 'value',
          type: 'quantitative',
          scale: { zero: false, nice: true },
          axis: { title: metric === 'accuracy' ? 'accuracy, %' : 'loss, nats an image', tickCount: 6 },
        },
        color: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'colour') },
        shape: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'shape') },
      },
      layer: [
        line('train', { strokeDash: [4, 3], opacity: 0.75 }),
        line('validation', {}),
        {
          transform: [{ filter: 'datum.mark' }],
          mark: {
            type: 'point',
            filled: true,
            size: 46,
            opacity: 1,
            stroke: 'var(--page)',
            strokeWidth: 0.8,
          },
          encoding: {
            color: null,
            fill: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'colour') },
          },
        },
        {
          transform: [{ filter: "datum.alone && datum.split === 'train'" }],
          mark: { type: 'point', filled: false, size: 46, opacity: 1, strokeWidth: 1.5 },
        },
      ],
    },
    260,
    label,
  );
  return { svg, limit: values.length < all.length ? limit : null };
}

// --- helpers ---

interface Point {
  trial: string;
  epoch: number;
  value: number;
  split: 'train' | 'validation';
  width: number;
  /** A validation value to mark: the best epoch's, or the only one. */
  mark: boolean;
  /** The trial's only epoch, which no line can show. */
  alone: boolean;
}

function points({ name, lines, bestEpoch, winner }: Curve, metric: Metric): Point[] {
  const alone = lines.length === 1;
  return (['train', 'validation'] as const).flatMap((split) =>
    lines.map((line) => ({
      trial: name,
      epoch: line.epoch,
      value: line[`${split === 'train' ? 'train' : 'val'}_${metric}`],
      split,
      width: (winner ? 2.6 : 1.5) * (split === 'train' ? 0.75 : 1),
      mark: split === 'validation' && (line.epoch === bestEpoch || alone),
      alone,
    })),
  );
}

function line(split: Point['split'], mark: object) {
  return {
    transform: [{ filter: `datum.split === '${split}' && !datum.alone` }],
    mark: { type: 'line', ...mark },
    encoding: { shape: null, strokeWidth: { field: 'width', type: 'quantitative', scale: null } },
  };
}

function named(curves: readonly Curve[], key: 'colour' | 'shape') {
  return { domain: curves.map(({ name }) => name), range: curves.map((curve) => curve[key]) };
}

function outlierLimit(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median === undefined ? null : Math.max(OUTLIER * median, 1e-9);
}

function range(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
