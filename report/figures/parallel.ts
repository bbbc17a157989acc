import type { OtherMeasure } from '../../study/trial/measure.ts';
import { brief, shorten } from '../../words/numbers.ts';
import type { Html } from '../html/html.ts';
import { draw } from './draw.ts';
import { type Evaluation, type ScoreLimits, scoreLimits, scoreTitle } from './evaluation.ts';

/**
 * Parallel coordinates: an axis for each setting and one for the score, a line for each evaluation. Where an evaluation lacks a
 * setting, its line is broken.
 *
 * @param settings the names of every evaluation's values.
 * @param measure of the scores; undefined for accuracy.
 */
export function drawParallel(
  evaluations: readonly Evaluation[],
  settings: readonly string[],
  measure: OtherMeasure | undefined,
  label: string,
): Promise<Html> {
  const limits = scoreLimits(evaluations, measure);
  const isCut = {
    low: evaluations.some(({ score }) => score < limits.low),
    high: evaluations.some(({ score }) => score > limits.high),
  };
  const ends = { low: isCut.low ? ' or less' : '', high: isCut.high ? ' or more' : '' };
  const axes = [...settings, scoreTitle(measure)].map((title, index) => {
    const values = evaluations.map((each) => coordinate(each, index, limits));
    return axisOf(title, values, index === settings.length ? ends : { low: '', high: '' });
  });
  const drawn = [
    ...evaluations.filter(({ winner }) => !winner),
    ...evaluations.filter(({ winner }) => winner),
  ];
  const values = drawn.flatMap((evaluation) =>
    axes.map(({ title, placeOf }, index) => ({
      trial: evaluation.name,
      axis: title,
      place: placeOf(coordinate(evaluation, index, limits)),
      width: evaluation.winner ? 3 : 1.5,
    })),
  );
  const x = {
    field: 'axis',
    type: 'ordinal',
    scale: { type: 'point', domain: axes.map(({ title }) => title), padding: 0.35 },
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
          mark: { type: 'line', invalid: 'break-paths-show-path-domains' },
          encoding: {
            x,
            y,
            color: {
              field: 'trial',
              type: 'nominal',
              legend: null,
              scale: { domain: drawn.map(({ name }) => name), range: drawn.map(({ colour }) => colour) },
            },
            strokeWidth: { field: 'width', type: 'quantitative', scale: null },
          },
        },
        {
          data: { values: axes.flatMap(({ marks }) => marks) },
          mark: { type: 'text', fontSize: 10 },
          encoding: { x, y, text: { field: 'text' } },
        },
      ],
    },
    260,
    label,
  );
}

// --- helpers ---

type Coordinate = Evaluation['values'][number];

interface Axis {
  title: string;
  /** 0 to 1 from bottom to top; null if an evaluation lacks the setting. */
  placeOf: (value: Coordinate) => number | null;
  marks: { axis: string; place: number; text: string }[];
}

/** Characters of a name that fit between two axes. */
const NAME_LENGTH = 16;

function coordinate({ values, score }: Evaluation, index: number, { low, high }: ScoreLimits): Coordinate {
  return index < values.length ? values[index] : Math.min(Math.max(score, low), high);
}

/** An axis of numbers, with its ends; or of names, evenly spaced in the order in which they come. */
function axisOf(title: string, values: readonly Coordinate[], ends: { low: string; high: string }): Axis {
  const known = values.filter((value) => value !== undefined);
  const numbers = known.filter((value) => typeof value === 'number');
  if (numbers.length < known.length) {
    const names = [...new Set(known.map(String))];
    const place = (index: number) => (names.length > 1 ? index / (names.length - 1) : 0.5);
    return {
      title,
      placeOf: (value) => (value === undefined ? null : place(names.indexOf(String(value)))),
      marks: names.map((name, index) => ({
        axis: title,
        place: place(index) + 0.05,
        text: shorten(name, NAME_LENGTH),
      })),
    };
  }
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const placeOf = (value: Coordinate) =>
    typeof value !== 'number' ? null : high > low ? (value - low) / (high - low) : 0.5;
  if (numbers.length === 0) return { title, placeOf, marks: [] };
  return {
    title,
    placeOf,
    marks:
      high > low
        ? [
            { axis: title, place: 1.07, text: `${brief(high)}${ends.high}` },
            { axis: title, place: -0.07, text: `${brief(low)}${ends.low}` },
          ]
        : [{ axis: title, place: 1.07, text: `all ${brief(low)}` }],
  };
}
