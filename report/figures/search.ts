import { brief } from '../../words/numbers.ts';
import type { Html } from '../html/html.ts';
import { draw } from './draw.ts';
import type { SeriesStyle } from './series.ts';

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
  const coordinates = ({ values, score }: Evaluation) => [...values, score];
  const extents = [...settings, 'val accuracy, %'].map((title, axis) => {
    const all = evaluations.map((evaluation) => coordinates(evaluation)[axis] as number);
    return { title, low: Math.min(...all), high: Math.max(...all) };
  });
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
          { axis: title, place: -0.07, text: `${brief(low)}` },
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
  return draw(
    {
      data: {
        values: evaluations.map(({ name, tag, values, score }) => ({
          trial: name,
          tag,
          setting: values[0],
          score,
        })),
      },
      encoding: {
        x: {
          field: 'setting',
          type: 'quantitative',
          scale: { zero: true },
          axis: { title: setting, grid: false, tickCount: 6 },
        },
        y: {
          field: 'score',
          type: 'quantitative',
          scale: { zero: false },
          axis: { title: SCORE, tickCount: 6 },
        },
      },
      layer: marks(evaluations),
    },
    260,
    label,
  );
}

/** Scores in the order of the evaluations, with the best so far as steps. */
export function drawProgress(evaluations: readonly Evaluation[], label: string): Promise<Html> {
  let best = Number.NEGATIVE_INFINITY;
  const values = evaluations.map((evaluation, order) => {
    best = Math.max(best, evaluation.score);
    return { trial: evaluation.name, tag: evaluation.tag, score: evaluation.score, order, best };
  });
  return draw(
    {
      data: { values },
      encoding: {
        x: {
          field: 'order',
          type: 'quantitative',
          scale: { domain: [-0.5, evaluations.length - 0.5], nice: false },
          axis: { title: 'evaluation, in order', labels: false, ticks: false, grid: false },
        },
        y: { type: 'quantitative', scale: { zero: false }, axis: { title: SCORE, tickCount: 6 } },
      },
      layer: [
        {
          mark: {
            type: 'line',
            interpolate: 'step-after',
            color: 'currentColor',
            strokeDash: [2, 3],
            strokeWidth: 1.5,
          },
          encoding: { y: { field: 'best' } },
        },
        ...marks(evaluations).map(({ mark, encoding }) => ({
          mark,
          encoding: { ...encoding, y: { field: 'score' } },
        })),
      ],
    },
    260,
    label,
  );
}

// --- helpers ---

const SCORE = 'best val accuracy, %';

function colours(evaluations: readonly Evaluation[]) {
  return {
    field: 'trial',
    type: 'nominal',
    legend: null,
    scale: { domain: evaluations.map(({ name }) => name), range: evaluations.map(({ colour }) => colour) },
  };
}

function marks(evaluations: readonly Evaluation[]) {
  const domain = evaluations.map(({ name }) => name);
  const shape = {
    field: 'trial',
    type: 'nominal',
    legend: null,
    scale: { domain, range: evaluations.map(({ shape }) => shape) },
  };
  return [
    {
      mark: { type: 'point', filled: true, size: 70, opacity: 1 },
      encoding: { color: colours(evaluations), shape },
    },
    { mark: { type: 'text', dy: -11 }, encoding: { text: { field: 'tag' } } },
  ];
}
