import { shorten } from '../../words/numbers.ts';
import type { Html } from '../html/html.ts';
import { draw, FIGURE_WIDTH } from './draw.ts';
import { NAME_LENGTH, NAME_MARK, ROW, rowAxis } from './rows.ts';

export interface Bar {
  name: string;
  /** Percent; null draws no bar. */
  value: number | null;
  /** What the value is the mean of, as marks on the bar; none if it is of one run. */
  runs?: readonly number[];
  /** Written at the bar's end. */
  text: string;
  colour: string;
  /** Its name is bold. */
  winner: boolean;
}

/** Horizontal bars from zero, each with its name above and its value at the end. */
export function drawBars(bars: readonly Bar[], label: string): Promise<Html> {
  const ends = bars.map(({ value, runs = [] }) => Math.max(value ?? 0, ...runs));
  const highest = Math.max(...ends, 1e-9);
  const values = bars.map(({ runs: _, ...bar }, row) => ({
    ...bar,
    row,
    value: bar.value ?? 0,
    end: ends[row] ?? 0,
    name: shorten(bar.name, NAME_LENGTH),
  }));
  const runs = bars.flatMap(({ runs: own = [] }, row) => own.map((run) => ({ row, run })));
  return draw(
    {
      data: { values },
      encoding: {
        y: rowAxis(bars.length),
        x: {
          field: 'value',
          type: 'quantitative',
          axis: null,
          // Room at the end for the longest bar's value.
          scale: { domain: [0, (highest * FIGURE_WIDTH) / (FIGURE_WIDTH - 70)], nice: false },
        },
      },
      layer: [
        {
          mark: { type: 'bar', orient: 'horizontal', height: 15 },
          encoding: { fill: { field: 'colour', type: 'nominal', scale: null } },
        },
        {
          data: { values: runs },
          mark: { type: 'tick', orient: 'vertical', size: 21, thickness: 1.5, color: 'currentColor' },
          encoding: { x: { field: 'run', type: 'quantitative' } },
        },
        {
          mark: { type: 'text', align: 'left', dx: 5, baseline: 'middle', fontWeight: 600 },
          encoding: { x: { field: 'end', type: 'quantitative' }, text: { field: 'text' } },
        },
        ...[true, false].map((winner) => ({
          transform: [{ filter: `datum.winner === ${winner}` }],
          mark: { ...NAME_MARK, fontWeight: winner ? 600 : 400 },
          encoding: { x: { value: 0 }, text: { field: 'name' } },
        })),
      ],
    },
    bars.length * ROW + 4,
    label,
  );
}
