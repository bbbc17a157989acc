import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { bestEpoch } from '../../study/trial/trial.ts';
import { count, loss, percent } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { type Candidate, isTakenOver, rankedCandidates, representative } from '../facts/candidates.ts';
import { meanLines } from '../facts/mean-lines.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawBars } from '../figures/bars.ts';
import { type Curve, drawCurves, type Metric } from '../figures/curves.ts';
import { drawDots, FEW_EPOCHS } from '../figures/dots.ts';
import type { SeriesStyle } from '../figures/series.ts';
import { figure, figures, lineKey, scrolling, trialName } from '../html/elements.ts';
import { type Content, code, type Html, html } from '../html/html.ts';

/** A stage's three figures: accuracies and losses by epoch, and the best accuracies as bars. */
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
  return html`${rest > 0 && note}${figures(`Figures of ${stage.name}`, [
    await scoresFigure(record, stage),
    await curvesFigure(curves, 'accuracy', stage.name),
    await curvesFigure(curves, 'loss', stage.name),
  ])}`;
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
  const best = bestEpoch(lines)?.epoch ?? null;
  return [{ name: candidate.name, lines, bestEpoch: best, winner, runs, ...style }];
}

/** Whether trials have so few epochs that they are dots, each in a row of its own, instead of lines. */
export function haveFewEpochs(trials: readonly Pick<TrialRecord, 'lines'>[]): boolean {
  return trials.every(({ lines }) => lines.length <= FEW_EPOCHS);
}

/** Trials by epoch, with a table of the same numbers. `legend` names the trials if no leaderboard does. */
export async function curvesFigure(
  curves: readonly Curve[],
  metric: Metric,
  of: string,
  legend?: Html,
): Promise<Html> {
  const what = metric === 'accuracy' ? 'Accuracy by epoch' : 'Loss by epoch';
  const few = haveFewEpochs(curves);
  const label = `${what}, ${of}: ${spoken(curves, metric)}.`;
  const { svg, limit } = await (few ? drawDots : drawCurves)(curves, metric, label);
  return figure(html`${what}${!few && legend}`, svg, {
    note: html`${few ? dotsNote(curves) : linesNote(curves)}${meansNote(curves, few)}${limit !== null && ` Triangles at the edge are larger losses, above ${loss(limit)}; the table has them.`}`,
    data: curvesTable(curves, metric, of),
  });
}

/** The trials of a figure with their lines and marks, one below the other. */
export function legendOf(curves: readonly Curve[]): Html {
  return html`<span class="legend">${curves.map((curve) => html`<span>${trialName(curve.name, curve)}</span>`)}</span>`;
}

// --- helpers ---

/** With more, a figure shows nothing but lines. */
const MOST_CURVES = 40;

function dotsNote(curves: readonly Curve[]): Content {
  const several = curves.some(({ lines }) => lines.length > 1);
  return `Filled: validation. Hollow: training.${several ? ' From the first epoch (small) to the last (large).' : ''}`;
}

function linesNote(curves: readonly Curve[]): Content {
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
  const styleOf = trialStyles(record);
  const shown = rankedCandidates(record, stage).slice(0, MOST_CURVES);
  const bars = shown.map((candidate) => {
    const { name, score, counted } = candidate;
    return {
      name: isTakenOver(candidate) ? `${name} (taken over)` : name,
      value: score,
      text: score === null ? endInWords(representative(candidate)) : percent(score),
      colour: styleOf(representative(candidate)).colour,
      winner: wins(stage, candidate),
      ...(counted.length > 1 && { runs: counted.flatMap((run) => run.score ?? []) }),
    };
  });
  const label = `Best validation accuracies, ${stage.name}: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  const note = bars.some(({ runs }) => runs) && 'Bars are means, the marks on them are single runs.';
  return figure('Best validation accuracy', await drawBars(bars, label), note ? { note } : {});
}

function spoken(curves: readonly Curve[], metric: Metric): string {
  return curves
    .map(({ name, lines }) => {
      const last = lines.at(-1);
      if (!last) return `${name} has no epochs`;
      return metric === 'accuracy'
        ? `${name} ends at ${percent(last.val_accuracy)} on validation images, ${percent(last.train_accuracy)} in training`
        : `${name} ends at ${loss(last.val_loss)} on validation images, ${loss(last.train_loss)} in training`;
    })
    .join('; ');
}

function curvesTable(curves: readonly Curve[], metric: Metric, of: string): Html {
  const epochs = Math.max(...curves.map(({ lines }) => lines.length));
  const show = (value: number | undefined) =>
    value === undefined ? '' : metric === 'accuracy' ? value.toFixed(2) : loss(value);
  const rows = Array.from(
    { length: epochs },
    (_, index) => html`<tr><th scope="row" class="number">${index + 1}</th>${curves.map(
      ({ lines }) =>
        html`<td class="number">${show(lines[index]?.[`train_${metric}`])}</td><td class="number">${show(lines[index]?.[`val_${metric}`])}</td>`,
    )}</tr>
`,
  );
  const means = curves.some(({ runs }) => runs);
  const caption = `${metric === 'accuracy' ? 'Accuracies, percent' : 'Losses, nats an image'}${means ? '; means of runs, whose own numbers are in epochs.csv' : ''}`;
  return scrolling(
    `${caption}, ${of}`,
    html`<table><caption>${caption}</caption><thead><tr><th scope="col" rowspan="2" class="number">Epoch</th>${curves.map(
      ({ name }) => html`<th scope="colgroup" colspan="2">${code(name)}</th>`,
    )}</tr><tr>${curves.map(() => html`<th scope="col" class="number">train</th><th scope="col" class="number">val</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}
