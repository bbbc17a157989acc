import type { Measure } from '../../study/trial/measure.ts';
import { type EpochLine, scoreIn } from '../../study/trial/trial.ts';
import { anExample, type ExampleWord } from '../../words/examples.ts';
import { measureName } from '../../words/measure.ts';
import type { Html } from '../html/html.ts';
import { draw } from './draw.ts';
import { upperLimit } from './outliers.ts';
import type { SeriesStyle } from './series.ts';

/** A trial as a curve. */
export interface Curve extends SeriesStyle {
  name: string;
  bestEpoch: number | null;
  lines: EpochLine[];
  /** Drawn bolder, above the others. */
  winner: boolean;
  /** Drawn broad below the others, so that it shows if another covers it. */
  broad?: boolean;
  /** The lines of the runs that `lines` is the mean of. The band between the least and the largest is drawn behind it. */
  runs?: EpochLine[][];
}

/** What is drawn. Of training, accuracy and loss alone are known. */
export type Metric = Measure;
export type Split = 'train' | 'validation';

/** A figure, and where its axis ends if larger values are marked at its edge instead: else null. */
export interface Plot {
  svg: Html;
  limit: number | null;
}

/** What figures show. */
export interface Shown {
  metric: Metric;
  /** How many classes the data have. */
  classes: number;
  /** What an example of the data is called. */
  example: ExampleWord;
}

/** Losses up to this always have a place on the axis: a network that guesses has the logarithm of the number of classes. */
const ordinaryLoss = (classes: number): number => 1.5 * Math.log(classes);

/** Where a figure's axis ends if some values are too large for it, else null. */
export function axisLimit(curves: readonly Curve[], { metric, classes }: Shown): number | null {
  if (metric !== 'loss') return null;
  const values = curves.flatMap(({ lines, runs = [] }) =>
    [...lines, ...runs.flat()].flatMap((line) => [line.train_loss, line.val_loss]),
  );
  return upperLimit(values, ordinaryLoss(classes));
}

export function valueIn(line: EpochLine, split: Split, metric: Metric): number {
  if (metric !== 'accuracy' && metric !== 'loss') return scoreIn(line, metric);
  return line[`${split === 'train' ? 'train' : 'val'}_${metric}`];
}

/** The splits of which a metric is known. */
export function splitsOf(metric: Metric): Split[] {
  return metric === 'accuracy' || metric === 'loss' ? ['train', 'validation'] : ['validation'];
}

export function axisTitle({ metric, example }: Shown): string {
  return metric === 'loss' ? `loss, nats ${anExample(example)}` : `${measureName(metric)}, %`;
}

/**
 * Training (dashed) and validation (solid) by epoch, with a mark at each trial's best epoch. A loss that would flatten the
 * others is a triangle at the upper edge. Trials of one epoch are points. A mean of several runs has a band from the least to the
 * largest validation value.
 */
export async function drawCurves(curves: readonly Curve[], shown: Shown, label: string): Promise<Plot> {
  const { metric } = shown;
  const drawn = [...curves.filter(({ winner }) => !winner), ...curves.filter(({ winner }) => winner)];
  const limit = axisLimit(curves, shown);
  const values = drawn.flatMap((curve) => points(curve, metric, limit ?? Number.POSITIVE_INFINITY));
  const bands = drawn.flatMap((curve) => bandOf(curve, metric, limit ?? Number.POSITIVE_INFINITY));
  const last = Math.max(1, ...drawn.flatMap(({ lines }) => lines.map(({ epoch }) => epoch)));
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
          scale: { zero: false, ...(limit === null ? { nice: true } : { nice: false, domainMax: limit }) },
          axis: { title: axisTitle(shown), tickCount: 6 },
        },
        color: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'colour') },
        shape: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'shape') },
      },
      layer: [
        {
          data: { values: bands },
          mark: { type: 'area', opacity: 0.2 },
          encoding: {
            shape: null,
            color: null,
            y: { field: 'low', type: 'quantitative' },
            y2: { field: 'high' },
            fill: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'colour') },
          },
        },
        line('train', { strokeDash: [4, 3], opacity: 0.75 }),
        line('validation', {}),
        {
          transform: [{ filter: 'datum.mark' }],
          mark: FILLED,
          encoding: {
            color: null,
            fill: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'colour') },
          },
        },
        {
          transform: [{ filter: "datum.alone && datum.split === 'train'" }],
          mark: { type: 'point', filled: false, size: 46, opacity: 1, strokeWidth: 1.5 },
        },
        {
          transform: [{ filter: 'datum.outside' }],
          mark: { ...FILLED, shape: 'triangle-up', size: 60, yOffset: -5 },
          encoding: {
            shape: null,
            color: null,
            fill: { field: 'trial', type: 'nominal', legend: null, scale: named(drawn, 'colour') },
          },
        },
      ],
    },
    260,
    label,
  );
  return { svg, limit };
}

// --- helpers ---

const FILLED = {
  type: 'point',
  filled: true,
  size: 46,
  opacity: 1,
  stroke: 'var(--page)',
  strokeWidth: 0.8,
};

interface Point {
  trial: string;
  epoch: number;
  value: number;
  split: Split;
  width: number;
  /** Lines connect the points of a segment. */
  segment: string;
  /** A validation value to mark: the best epoch's, or the only one. */
  mark: boolean;
  /** The trial's only epoch, which no line can show. */
  alone: boolean;
  /** Its value is above the limit: a mark at the edge, not a point of the line. */
  outside: boolean;
}

function points({ name, lines, bestEpoch, winner, broad }: Curve, metric: Metric, limit: number): Point[] {
  const alone = lines.length === 1;
  return splitsOf(metric).flatMap((split) => {
    const ordinary = {
      trial: name,
      split,
      width: (broad ? 5 : winner ? 2.6 : 1.5) * (split === 'train' ? 0.75 : 1),
      mark: false,
      alone: false,
      outside: false,
    };
    let segment = 0;
    return lines.flatMap((line, index) => {
      const value = valueIn(line, split, metric);
      const before = lines[index - 1];
      const previous = before && valueIn(before, split, metric);
      const outside = value > limit;
      const at: Point[] = [];
      // Where the line leaves the figure or comes back into it.
      if (before && previous !== undefined && previous > limit !== outside) {
        if (!outside) segment++;
        const share = (limit - previous) / (value - previous);
        at.push({
          ...ordinary,
          epoch: before.epoch + share * (line.epoch - before.epoch),
          value: limit,
          segment: `${name} ${segment}`,
        });
      }
      const mark = !outside && split === 'validation' && (line.epoch === bestEpoch || alone);
      at.push({
        ...ordinary,
        epoch: line.epoch,
        value: Math.min(value, limit),
        segment: `${name} ${segment}`,
        mark,
        alone: alone && !outside,
        outside,
      });
      return at;
    });
  });
}

/** Between the runs of a mean, as far as all have come. */
function bandOf({ name, lines, runs = [] }: Curve, metric: Metric, limit: number) {
  if (runs.length < 2) return [];
  return lines.map(({ epoch }, index) => {
    const values = runs.flatMap((run) => {
      const line = run[index];
      return line ? [Math.min(limit, valueIn(line, 'validation', metric))] : [];
    });
    return { trial: name, epoch, low: Math.min(...values), high: Math.max(...values) };
  });
}

function line(split: Split, mark: object) {
  return {
    transform: [{ filter: `datum.split === '${split}' && !datum.alone && !datum.outside` }],
    mark: { type: 'line', ...mark },
    encoding: {
      shape: null,
      detail: { field: 'segment' },
      strokeWidth: { field: 'width', type: 'quantitative', scale: null },
    },
  };
}

function named(curves: readonly Curve[], key: 'colour' | 'shape') {
  return { domain: curves.map(({ name }) => name), range: curves.map((curve) => curve[key]) };
}

function range(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
