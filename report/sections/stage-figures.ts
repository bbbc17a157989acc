import { inputOf } from '../../study/definition/data-schema.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import type { OtherMeasure } from '../../study/trial/measure.ts';
import { bestEpoch } from '../../study/trial/trial.ts';
import { anExample } from '../../words/examples.ts';
import { digitsInWords, measureName, valueInWords } from '../../words/measure.ts';
import { count, loss } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { type Candidate, isTakenOver, rankedCandidates, representative } from '../facts/candidates.ts';
import { meanLines } from '../facts/mean-lines.ts';
import { exampleOf, rankedBy } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawBars } from '../figures/bars.ts';
import { type Curve, drawCurves, type Metric, type Shown, splitsOf, valueIn } from '../figures/curves.ts';
import { drawDots, FEW_EPOCHS } from '../figures/dots.ts';
import type { SeriesStyle } from '../figures/series.ts';
import { figure, figures, lineKey, scrolling, trialName } from '../html/elements.ts';
import { type Content, code, type Html, html } from '../html/html.ts';

/** A stage's figures: the best scores as bars, and scores, accuracies and losses by epoch. */
export async function stageFigures(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const styleOf = trialStyles(record);
  const candidates = rankedCandidates(record, stage);
  const curves = candidates
    .slice(0, MOST_CURVES)
    .flatMap((candidate) =>
      candidateCurves(candidate, styleOf(representative(candidate)), wins(stage, candidate)),
    );
  if (curves.length === 0)
    return html`<p class="note">No figures: no trial of this stage has logged an epoch.</p>`;
  const rest = candidates.length - MOST_CURVES;
  const note = html`<p class="note">The figures show the best ${MOST_CURVES} of ${count(candidates.length)}.</p>`;
  const parts = [await scoresFigure(record, stage)];
  for (const metric of metricsOf(record)) parts.push(await curvesFigure(record, curves, metric, stage.name));
  return html`${rest > 0 && note}${figures(`Figures of ${stage.name}`, parts)}`;
}

/** What is shown by epoch: accuracy and loss, and before them the score if it is neither. */
export function metricsOf(record: StudyRecord): Metric[] {
  return [...new Set<Metric>([rankedBy(record) ?? 'accuracy', 'accuracy', 'loss'])];
}

export function asCurve({ name, lines, bestEpoch }: TrialRecord, style: SeriesStyle, winner = false): Curve {
  return { name, lines, bestEpoch, winner, ...style };
}

/** A candidate as a curve, the mean of its runs; none if no run has an epoch. */
export function candidateCurves(candidate: Candidate, style: SeriesStyle, winner = false): Curve[] {
  const trained = candidate.runs.filter(({ lines }) => lines.length > 0);
  const [first, ...others] = trained;
  if (!first) return [];
  if (others.length === 0) return [asCurve({ ...first, name: candidate.name }, style, winner)];
  const runs = trained.map(({ lines }) => lines);
  const lines = meanLines(runs);
  const best = bestEpoch(lines, candidate.measure)?.epoch ?? null;
  return [{ name: candidate.name, lines, bestEpoch: best, winner, runs, ...style }];
}

/** Whether trials have so few epochs that they are dots, each in a row of its own, instead of lines. */
export function haveFewEpochs(trials: readonly Pick<TrialRecord, 'lines'>[]): boolean {
  return trials.every(({ lines }) => lines.length <= FEW_EPOCHS);
}

/** Trials by epoch, with a table of the same numbers. `legend` names the trials if no leaderboard does. */
export async function curvesFigure(
  record: StudyRecord,
  curves: readonly Curve[],
  metric: Metric,
  of: string,
  legend?: Html,
): Promise<Html> {
  const { classes } = inputOf(record.opening.study);
  const shown: Shown = { metric, classes, example: exampleOf(record) };
  const what = `${capitalised(measureName(metric))} by epoch`;
  const few = haveFewEpochs(curves);
  const label = `${what}, ${of}: ${spoken(curves, shown)}.`;
  const { svg, limit } = await (few ? drawDots : drawCurves)(curves, shown, label);
  return figure(html`${what}${!few && legend}`, svg, {
    note: html`${few ? dotsNote(curves, metric) : linesNote(curves, metric)}${meansNote(curves, few)}${limit !== null && ` Triangles at the edge are larger losses, above ${loss(limit)}; the table has them.`}`,
    data: curvesTable(curves, shown, of),
  });
}

/** The trials of a figure with their lines and marks, one below the other. */
export function legendOf(curves: readonly Curve[]): Html {
  return html`<span class="legend">${curves.map((curve) => html`<span>${trialName(curve.name, curve)}</span>`)}</span>`;
}

// --- helpers ---

/** With more, a figure shows nothing but lines. */
const MOST_CURVES = 40;

function capitalised(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function dotsNote(curves: readonly Curve[], metric: Metric): Content {
  const several = curves.some(({ lines }) => lines.length > 1);
  const training = splitsOf(metric).includes('train') ? ' Hollow: training.' : '';
  return `Filled: validation.${training}${several ? ' From the first epoch (small) to the last (large).' : ''}`;
}

function linesNote(curves: readonly Curve[], metric: Metric): Content {
  if (!splitsOf(metric).includes('train'))
    return html`${lineKey(false)} validation; the mark is at the best epoch.`;
  return html`${lineKey(false)} validation, ${lineKey(true)} training; the mark is at the best epoch.${
    curves.some(({ lines }) => lines.length === 1) &&
    ' For a trial of one epoch, the filled mark is validation and the hollow one training.'
  }`;
}

/** What curves are if any is of several runs. */
function meansNote(curves: readonly Curve[], few: boolean): string | false {
  if (!curves.some(({ runs }) => runs)) return false;
  return few
    ? ' Means of each candidate’s runs.'
    : ' Means of each candidate’s runs; the bands reach from the least to the largest validation value.';
}

function wins(stage: StageRecord, { name, score }: Candidate): boolean {
  return name === stage.winner && score !== null;
}

async function scoresFigure(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const measure = rankedBy(record);
  const styleOf = trialStyles(record);
  const shown = rankedCandidates(record, stage).slice(0, MOST_CURVES);
  const bars = shown.map((candidate) => {
    const { name, score, counted } = candidate;
    return {
      name: isTakenOver(candidate) ? `${name} (taken over)` : name,
      value: score,
      text: score === null ? endInWords(representative(candidate)) : valueInWords(score, measure),
      colour: styleOf(representative(candidate)).colour,
      winner: wins(stage, candidate),
      ...(counted.length > 1 && { runs: counted.flatMap((run) => run.score ?? []) }),
    };
  });
  const title = `Best validation ${measureName(measure)}`;
  const label = `${measure ? title : 'Best validation accuracies'}, ${stage.name}: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  const note = barsNote(measure, bars);
  return figure(title, await drawBars(bars, label), note ? { note } : {});
}

function barsNote(measure: OtherMeasure | undefined, bars: readonly { runs?: unknown }[]): string {
  return [
    ...(measure === 'loss' ? ['The shortest bar is the best.'] : []),
    ...(bars.some(({ runs }) => runs) ? ['Bars are means, the marks on them are single runs.'] : []),
  ].join(' ');
}

function spoken(curves: readonly Curve[], { metric, example }: Shown): string {
  return curves
    .map(({ name, lines }) => {
      const last = lines.at(-1);
      if (!last) return `${name} has no epochs`;
      const at = (split: 'train' | 'validation') => valueInWords(valueIn(last, split, metric), metric);
      const training = splitsOf(metric).includes('train') ? `, ${at('train')} in training` : '';
      return `${name} ends at ${at('validation')} on validation ${example}s${training}`;
    })
    .join('; ');
}

function curvesTable(curves: readonly Curve[], { metric, example }: Shown, of: string): Html {
  const epochs = Math.max(...curves.map(({ lines }) => lines.length));
  const splits = splitsOf(metric);
  const rows = Array.from(
    { length: epochs },
    (_, index) => html`<tr><th scope="row" class="number">${index + 1}</th>${curves.map(({ lines }) => {
      const line = lines[index];
      return splits.map(
        (split) =>
          html`<td class="number">${line ? digitsOfTable(valueIn(line, split, metric), metric) : ''}</td>`,
      );
    })}</tr>
`,
  );
  const means = curves.some(({ runs }) => runs);
  const what = {
    accuracy: 'Accuracies, percent',
    loss: `Losses, nats ${anExample(example)}`,
    'balanced accuracy': 'Balanced accuracies, percent',
    'macro F1': 'Macro F1, percent',
    'top-5': 'Top-5 accuracies, percent',
  }[metric];
  const caption = `${what}${means ? '; means of runs, whose own numbers are in epochs.csv' : ''}`;
  const heads = splits.map((split) => (split === 'train' ? 'train' : 'val'));
  return scrolling(
    `${caption}, ${of}`,
    html`<table><caption>${caption}</caption><thead><tr><th scope="col" rowspan="2" class="number">Epoch</th>${curves.map(
      ({ name }) => html`<th scope="colgroup" colspan="${splits.length}">${code(name)}</th>`,
    )}</tr><tr>${curves.map(() => heads.map((head) => html`<th scope="col" class="number">${head}</th>`))}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}

function digitsOfTable(value: number, metric: Metric): string {
  return metric === 'loss' ? loss(value) : digitsInWords(value, metric);
}
