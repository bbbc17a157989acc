import { brief, percent } from '../../words/numbers.ts';
import type { Html } from '../html/html.ts';
import { draw } from './draw.ts';
import { placeLabels } from './labels.ts';
import { lowerLimit } from './outliers.ts';
import { OUTSIDE_BELOW, type SeriesStyle } from './series.ts';

/** An evaluation of a search, or the start that is ranked with them. */
export interface Evaluation extends SeriesStyle {
  name: string;
  /** The label of its mark: its number, or `start`. */
  tag: string;
  /** Of the settings that the search varies, in order. */
  values: number[];
  /** Validation accuracy, percent. */
  score: number;
  winner: boolean;
}

/**
 * Parallel coordinates: an axis for each setting and one for the score, a line for each evaluation.
 *
 * @param settings the names of every evaluation's values.
 */
export function drawParallel(
  evaluations: readonly Evaluation[],
  settings: readonly string[],
  label: string,
): Promise<Html> {
  const limit = scoreLimit(evaluations);
  const coordinates = ({ values, score }: Evaluation) => [...values, Math.max(score, limit)];
  const extents = [...settings, SCORE].map((title, axis) => {
    const all = evaluations.map((evaluation) => coordinates(evaluation)[axis] as number);
    return { title, low: Math.min(...all), high: Math.max(...all) };
  });
  const clipped = evaluations.some(({ score }) => score < limit);
  const drawn = [
    ...evaluations.filter(({ winner }) => !winner),
    ...evaluations.filter(({ winner }) => winner),
  ];
  const values = drawn.flatMap((evaluation) =>
    extents.map(({ title, low, high }, axis) => {
      const value = coordinates(evaluation)[axis] as number;
      const place = high > low ? (value - low) / (high - low) : 0.5;
      return { trial: evaluation.name, axis: title, place, width: evaluation.winner ? 3 : 1.5 };
    }),
  );
  const ends = extents.flatMap(({ title, low, high }) =>
    high > low
      ? [
          { axis: title, place: 1.07, text: `${brief(high)}` },
          { axis: title, place: -0.07, text: `${brief(low)}${title === SCORE && clipped ? ' or less' : ''}` },
        ]
      : [{ axis: title, place: 1.07, text: `all ${brief(low)}` }],
  );
  const titles = extents.map(({ title }) => title);
  const x = {
    field: 'axis',
    type: 'ordinal',
    scale: { type: 'point', domain: titles, padding: 0.35 },
    axis: {
      title: null,
      labelAngle: 0,
      domain: false,
      ticks: false,
      grid: true,
      labelFontSize: 11,
      orient: 'bottom',
    },
  };
  const y = {
    field: 'place',
    type: 'quantitative',
    axis: null,
    scale: { domain: [-0.12, 1.12], nice: false },
  };
  return draw(
    {
      layer: [
        {
          data: { values },
          mark: { type: 'line' },
          encoding: {
            x,
            y,
            color: colours(drawn),
            strokeWidth: { field: 'width', type: 'quantitative', scale: null },
          },
        },
        {
          data: { values: ends },
          mark: { type: 'text', fontSize: 10 },
          encoding: { x, y, text: { field: 'text' } },
        },
      ],
    },
    260,
    label,
  );
}

/** Score by the first setting, each mark with its evaluation's number. */
export function drawScores(
  evaluations: readonly Evaluation[],
  setting: string,
  label: string,
): Promise<Html> {
  const at = evaluations.map(({ values }) => values[0] ?? 0);
  // From zero, unless that would push all marks to one side.
  const low = Math.min(...at) > Math.max(...at) / 2 ? Math.min(...at) : Math.min(0, ...at);
  const high = Math.max(...at);
  const pad = high > low ? (high - low) * 0.04 : Math.abs(high) / 2 || 1;
  return drawMarks(evaluations, at, [low === 0 ? 0 : low - pad, high + pad], label, {
    x: { title: setting, grid: false, tickCount: 6 },
    layer: [],
  });
}

/** Scores in the order of the evaluations, with the best so far as steps. */
export function drawProgress(evaluations: readonly Evaluation[], label: string): Promise<Html> {
  let best = Number.NEGATIVE_INFINITY;
  const values = evaluations.map(({ score }, at) => {
    best = Math.max(best, score);
    return { at, best };
  });
  return drawMarks(evaluations, [...evaluations.keys()], [-0.5, evaluations.length - 0.5], label, {
    x: { title: 'evaluation, in order', labels: false, ticks: false, grid: false },
    layer: [
      {
        data: { values },
        mark: {
          type: 'line',
          interpolate: 'step-after',
          color: 'currentColor',
          strokeDash: [2, 3],
          strokeWidth: 1.5,
        },
        encoding: {
          x: { field: 'at', type: 'quantitative' },
          y: { field: 'best', type: 'quantitative' },
        },
      },
    ],
  });
}

// --- helpers ---

const SCORE = 'val accuracy, %';
const HEIGHT = 260;

/** Scores below this are marked at the lower edge: on an axis with them, the others would be alike. */
function scoreLimit(evaluations: readonly Evaluation[]): number {
  return lowerLimit(evaluations.map(({ score }) => score)) ?? Number.NEGATIVE_INFINITY;
}

/** A mark for each evaluation at `at` and its score, with its number beside it. */
function drawMarks(
  evaluations: readonly Evaluation[],
  at: readonly number[],
  [left, right]: readonly [number, number],
  label: string,
  { x, layer }: { x: object; layer: object[] },
): Promise<Html> {
  const limit = scoreLimit(evaluations);
  const shown = evaluations.map(({ score }) => score).filter((score) => score >= limit);
  const spread = Math.max(...shown) - Math.min(...shown) || 1;
  const low = Math.min(...shown) - spread * 0.12;
  const high = Math.max(...shown) + spread * 0.12;
  const values = evaluations.map(({ name, tag, score, colour, shape }, index) => {
    const outside = score < limit;
    return {
      trial: name,
      colour,
      shape: outside ? OUTSIDE_BELOW : shape,
      text: outside ? `${tag}: ${percent(score)}` : tag,
      at: at[index] ?? 0,
      score: outside ? low : score,
    };
  });
  const offsets = placeLabels(
    values.map(({ text, ...mark }) => ({
      text,
      x: (mark.at - left) / (right - left),
      y: (mark.score - low) / (high - low),
    })),
    HEIGHT - 45,
  );
  return draw(
    {
      data: { values },
      encoding: {
        x: { field: 'at', type: 'quantitative', scale: { domain: [left, right], nice: false }, axis: x },
        y: {
          field: 'score',
          type: 'quantitative',
          scale: { domain: [low, high], nice: false },
          axis: { title: `best ${SCORE}`, tickCount: 6 },
        },
      },
      layer: [
        ...layer,
        {
          mark: {
            type: 'point',
            filled: true,
            size: 70,
            opacity: 1,
            stroke: 'var(--page)',
            strokeWidth: 0.8,
          },
          encoding: {
            fill: { field: 'colour', type: 'nominal', scale: null },
            shape: { field: 'shape', type: 'nominal', scale: null },
          },
        },
        ...values.map((value, index) => ({
          data: { values: [value] },
          mark: { type: 'text', ...offsets[index] },
          encoding: { text: { field: 'text' } },
        })),
      ],
    },
    HEIGHT,
    label,
  );
}

function colours(evaluations: readonly Evaluation[]) {
  return {
    field: 'trial',
    type: 'nominal',
    legend: null,
    scale: { domain: evaluations.map(({ name }) => name), range: evaluations.map(({ colour }) => colour) },
  };
}
