import { meritOf, type OtherMeasure } from '../../study/trial/measure.ts';
import { valueInWords } from '../../words/measure.ts';
import type { Html } from '../html/html.ts';
import { draw } from './draw.ts';
import { type Evaluation, scoreLimits, scoreTitle } from './evaluation.ts';
import { placeLabels } from './labels.ts';
import { OUTSIDE_ABOVE, OUTSIDE_BELOW } from './series.ts';

/**
 * Score by a setting that is a number, each mark with its evaluation's number.
 *
 * @param setting its place among the settings, and its name. Evaluations without it are left out.
 * @param measure of the scores; undefined for accuracy.
 */
export function drawScores(
  all: readonly Evaluation[],
  { index, title }: { index: number; title: string },
  measure: OtherMeasure | undefined,
  label: string,
): Promise<Html> {
  const evaluations = all.filter(({ values }) => typeof values[index] === 'number');
  const at = evaluations.map(({ values }) => values[index] as number);
  // From zero, unless that would push all marks to one side.
  const low = Math.min(...at) > Math.max(...at) / 2 ? Math.min(...at) : Math.min(0, ...at);
  const high = Math.max(...at);
  const pad = high > low ? (high - low) * 0.04 : Math.abs(high) / 2 || 1;
  return drawMarks(evaluations, at, [low === 0 ? 0 : low - pad, high + pad], label, {
    measure,
    x: { title, grid: false, tickCount: 6 },
    layer: [],
  });
}

/** Scores in the order of the evaluations, with the best so far as steps. */
export function drawProgress(
  evaluations: readonly Evaluation[],
  measure: OtherMeasure | undefined,
  label: string,
): Promise<Html> {
  let best = Number.NEGATIVE_INFINITY;
  const values = evaluations.map(({ score }, at) => {
    best = Math.max(best, meritOf(score, measure));
    return { at, best: meritOf(best, measure) };
  });
  return drawMarks(evaluations, [...evaluations.keys()], [-0.5, evaluations.length - 0.5], label, {
    measure,
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

const HEIGHT = 260;
/** With more marks, numbers beside them would cover one another. */
const MOST_LABELS = 40;

/** A mark for each evaluation at `at` and its score, with its number beside it. */
function drawMarks(
  evaluations: readonly Evaluation[],
  at: readonly number[],
  [left, right]: readonly [number, number],
  label: string,
  { measure, x, layer }: { measure: OtherMeasure | undefined; x: object; layer: object[] },
): Promise<Html> {
  const limits = scoreLimits(evaluations, measure);
  const shown = evaluations
    .map(({ score }) => score)
    .filter((score) => score >= limits.low && score <= limits.high);
  const spread = Math.max(...shown) - Math.min(...shown) || 1;
  const low = Math.min(...shown) - spread * 0.12;
  const high = Math.max(...shown) + spread * 0.12;
  const values = evaluations.map(({ name, tag, score, colour, shape }, index) => {
    const below = score < limits.low;
    const outside = below || score > limits.high;
    return {
      trial: name,
      colour,
      shape: below ? OUTSIDE_BELOW : outside ? OUTSIDE_ABOVE : shape,
      text: outside ? `${tag}: ${valueInWords(score, measure)}` : tag,
      at: at[index] ?? 0,
      score: below ? low : outside ? high : score,
    };
  });
  const offsets = placeLabels(
    (values.length > MOST_LABELS ? [] : values).map(({ text, ...mark }) => ({
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
          axis: { title: `best ${scoreTitle(measure)}`, tickCount: 6 },
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
        ...(values.length > MOST_LABELS ? [] : values).map((value, index) => ({
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
