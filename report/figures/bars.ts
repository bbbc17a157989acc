import { shorten } from '../../words/numbers.ts';
import type { Html } from '../html/html.ts';
import { draw, FIGURE_WIDTH } from './draw.ts';

export interface Bar {
  name: string;
  /** Percent; null draws no bar. */
  value: number | null;
  /** Written at the bar's end. */
  text: string;
  colour: string;
  /** Drawn pale: the trial isn't the stage's own. */
  pale: boolean;
}

const ROW = 36;
/** Characters of a name that fit above a bar. */
const NAME_LENGTH = 52;

/** Horizontal bars from zero, each with its name above and its value at the end. */
export function drawBars(bars: readonly Bar[], label: string): Promise<Html> {
  const highest = Math.max(...bars.map(({ value }) => value ?? 0), 1e-9);
  const values = bars.map((bar, row) => ({
    ...bar,
    row,
    value: bar.value ?? 0,
    name: shorten(bar.name, NAME_LENGTH),
  }));
  return draw(
    {
      data: { values },
      encoding: {
        y: {
          field: 'row',
          type: 'ordinal',
          axis: null,
          scale: { paddingInner: 0.62, paddingOuter: 0.28, align: 1 },
        },
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
          mark: { type: 'bar' },
          encoding: {
            fill: { field: 'colour', type: 'nominal', scale: null },
            opacity: { condition: { test: 'datum.pale', value: 0.4 }, value: 1 },
          },
        },
        {
          mark: { type: 'text', align: 'left', dx: 5, baseline: 'middle', fontWeight: 600 },
          encoding: { text: { field: 'text' } },
        },
        {
          mark: { type: 'text', align: 'left', baseline: 'bottom', yOffset: -8 },
          encoding: { x: { value: 0 }, text: { field: 'name' } },
        },
      ],
    },
    bars.length * ROW + 6,
    label,
  );
}
