import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { loss, percent } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { bestTrial } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawBars } from '../figures/bars.ts';
import { type Curve, drawCurves, type Metric } from '../figures/curves.ts';
import { drawDots, FEW_EPOCHS } from '../figures/dots.ts';
import type { SeriesStyle } from '../figures/series.ts';
import { figure, figures, lineKey, scrolling, trialName } from '../html/elements.ts';
import { type Content, code, type Html, html } from '../html/html.ts';

/** A stage's three figures: accuracies and losses by epoch, and the best accuracies as bars. */
export async function stageFigures(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const best = stage.winner === null ? undefined : bestTrial(stage);
  const styleOf = trialStyles(record);
  const curves = rank(stage.trials)
    .filter(({ lines }) => lines.length > 0)
    .map((trial) => asCurve(trial, styleOf(trial), trial === best));
  if (curves.length === 0)
    return html`<p class="note">No figures: no trial of this stage has logged an epoch.</p>`;
  return figures(`Figures of ${stage.name}`, [
    await scoresFigure(record, stage),
    await curvesFigure(curves, 'accuracy', stage.name),
    await curvesFigure(curves, 'loss', stage.name),
  ]);
}

export function asCurve({ name, lines, bestEpoch }: TrialRecord, style: SeriesStyle, winner = false): Curve {
  return { name, lines, bestEpoch, winner, ...style };
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
    note: html`${few ? dotsNote(curves) : linesNote(curves)}${limit !== null && ` Triangles at the edge are larger losses, above ${loss(limit)}; the table has them.`}`,
    data: curvesTable(curves, metric, of),
  });
}

/** The trials of a figure with their lines and marks, one below the other. */
export function legendOf(curves: readonly Curve[]): Html {
  return html`<span class="legend">${curves.map((curve) => html`<span>${trialName(curve.name, curve)}</span>`)}</span>`;
}

// --- helpers ---

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

async function scoresFigure(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const styleOf = trialStyles(record);
  const best = stage.winner === null ? undefined : bestTrial(stage);
  const bars = rank(stage.trials).map((trial) => ({
    name: trial.takenOver ? `${trial.name} (taken over)` : trial.name,
    value: trial.score,
    text: trial.score === null ? endInWords(trial) : percent(trial.score),
    colour: styleOf(trial).colour,
    winner: trial === best,
  }));
  const label = `Best validation accuracies, ${stage.name}: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  return figure('Best validation accuracy', await drawBars(bars, label));
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
  const caption = metric === 'accuracy' ? 'Accuracies, percent' : 'Losses, nats an image';
  return scrolling(
    `${caption}, ${of}`,
    html`<table><caption>${caption}</caption><thead><tr><th scope="col" rowspan="2" class="number">Epoch</th>${curves.map(
      ({ name }) => html`<th scope="colgroup" colspan="2">${code(name)}</th>`,
    )}</tr><tr>${curves.map(() => html`<th scope="col" class="number">train</th><th scope="col" class="number">val</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}
