import type { Html } from '../html/html.ts';
import { draw } from './draw.ts';

/** How far a second trial's validation accuracy is from the first's in an epoch. */
export interface EpochDifference {
  epoch: number;
  /** Second minus first, points. */
  difference: number;
}

/** Differences by epoch, around a line at zero. */
export function drawDifferences(values: readonly EpochDifference[], label: string): Promise<Html> {
  const largest = Math.max(...values.map(({ difference }) => Math.abs(difference)));
  const reach = largest > 0 ? largest * 1.1 : 1;
  const last = Math.max(1, ...values.map(({ epoch }) => epoch));
  return draw(
    {
      data: { values },
      encoding: {
        x: {
          field: 'epoch',
          type: 'quantitative',
          scale: { domain: [0.5, last + 0.5], nice: false },
          axis: { title: 'epoch', grid: false, tickMinStep: 1, format: 'd' },
        },
        y: {
          field: 'difference',
          type: 'quantitative',
          scale: { domain: [-reach, reach], nice: false },
          axis: { title: 'second − first, points', tickCount: 5 },
        },
      },
      layer: [
        {
          data: { values: [{}] },
          mark: { type: 'rule', color: 'var(--axis)' },
          encoding: { x: null, y: { datum: 0, type: 'quantitative' } },
        },
        { mark: { type: 'rule', color: 'var(--series-0)' }, encoding: { y2: { datum: 0 } } },
        { mark: { type: 'point', filled: true, color: 'var(--series-0)', size: 30, opacity: 1 } },
      ],
    },
    260,
    label,
  );
}
