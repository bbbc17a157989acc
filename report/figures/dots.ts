import { shorten } from '../../words/numbers.ts';
import {
  axisLimit,
  axisTitle,
  type Curve,
  type Metric,
  type Plot,
  type Shown,
  type Split,
  splitsOf,
  valueIn,
} from './curves.ts';
import { draw } from './draw.ts';
import { NAME_LENGTH, NAME_MARK, ROW, rowAxis } from './rows.ts';

/** So few epochs are dots: as lines, many trials would be a thicket of strokes. */
export const FEW_EPOCHS = 4;

/**
 * A row for each trial: its epochs as dots, from the first (small) to the last (large). Validation is filled, training hollow
 * and below. A loss that would flatten the others is a triangle at the right edge.
 */
export async function drawDots(curves: readonly Curve[], shown: Shown, label: string): Promise<Plot> {
  const { metric } = shown;
  const limit = axisLimit(curves, shown);
  const values = curves.flatMap((curve, row) => dots(curve, row, metric, limit ?? Number.POSITIVE_INFINITY));
  const names = curves.map(({ name, winner }, row) => ({ row, winner, name: shorten(name, NAME_LENGTH) }));
  const colour = { field: 'colour', type: 'nominal', scale: null };
  const svg = await draw(
    {
      encoding: {
        y: rowAxis(curves.length),
        x: {
          field: 'value',
          type: 'quantitative',
          scale: { zero: false, ...(limit === null ? { nice: true } : { nice: false, domainMax: limit }) },
          axis: { title: axisTitle(shown), tickCount: 6 },
        },
      },
      layer: [
        line(values, 'train', { strokeDash: [4, 3], opacity: 0.75 }),
        line(values, 'validation', {}),
        {
          data: { values: values.filter(({ split, outside }) => split === 'train' && !outside) },
          mark: {
            type: 'point',
            filled: false,
            shape: 'circle',
            fill: 'var(--page)',
            opacity: 1,
            strokeWidth: 1.5,
          },
          encoding: { stroke: colour, size: { field: 'size', type: 'quantitative', scale: null } },
        },
        {
          data: { values: values.filter(({ split, outside }) => split === 'validation' && !outside) },
          mark: {
            type: 'point',
            filled: true,
            shape: 'circle',
            opacity: 1,
            stroke: 'var(--page)',
            strokeWidth: 0.8,
          },
          encoding: { fill: colour, size: { field: 'size', type: 'quantitative', scale: null } },
        },
        {
          data: { values: values.filter(({ outside }) => outside) },
          mark: { type: 'point', filled: true, shape: 'triangle-right', opacity: 1, size: 60, xOffset: 3 },
          encoding: { fill: colour },
        },
        ...[true, false].map((winner) => ({
          data: { values: names.filter((name) => name.winner === winner) },
          mark: { ...NAME_MARK, fontWeight: winner ? 600 : 400 },
          encoding: { x: { value: 0 }, text: { field: 'name' } },
        })),
      ],
    },
    curves.length * ROW + 46,
    label,
  );
  return { svg, limit };
}

// --- helpers ---

interface Dot {
  row: number;
  value: number;
  order: number;
  colour: string;
  split: Split;
  key: string;
  size: number;
  outside: boolean;
}

function dots({ lines, colour }: Curve, row: number, metric: Metric, limit: number): Dot[] {
  return splitsOf(metric).flatMap((split) =>
    lines.map((line, order) => {
      const value = valueIn(line, split, metric);
      return {
        row: row + (split === 'train' ? 0.17 : -0.08),
        value: Math.min(value, limit),
        order,
        colour,
        split,
        key: `${row} ${split}`,
        size: lines.length === 1 ? 70 : 16 + (64 * order) / (lines.length - 1),
        outside: value > limit,
      };
    }),
  );
}

function line(values: readonly Dot[], split: Split, mark: object) {
  return {
    data: { values: values.filter((dot) => dot.split === split) },
    mark: { type: 'line', strokeWidth: 1.5, ...mark },
    encoding: {
      detail: { field: 'key' },
      order: { field: 'order', type: 'quantitative' },
      stroke: { field: 'colour', type: 'nominal', scale: null },
    },
  };
}
