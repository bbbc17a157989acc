import { rank } from '../../study/plan/winner.ts';
import type { StageRecord } from '../../study/record/record.ts';
import { loss, percent } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { bestTrial } from '../facts/study-facts.ts';
import { drawBars } from '../figures/bars.ts';
import { type CurveRun, drawCurves, type Metric } from '../figures/curves.ts';
import { seriesStyle } from '../figures/series.ts';
import { figure, lineKey, runName, scrolling } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** A stage's three figures: accuracies and losses by epoch, and the best accuracies as bars. */
export async function stageFigures(stage: StageRecord): Promise<Html> {
  const best = stage.winner === null ? undefined : bestTrial(stage);
  const runs = stage.trials
    .map((trial, index) => ({ ...trial, ...seriesStyle(index), winner: trial === best }))
    .filter(({ lines }) => lines.length > 0);
  if (runs.length === 0)
    return html`<p class="note">No figures: no run of this stage has logged an epoch.</p>`;
  const figures = [
    await curvesFigure(runs, 'accuracy', stage.name),
    await curvesFigure(runs, 'loss', stage.name),
    await scoresFigure(stage),
  ];
  return html`<div class="figures">${figures}</div>`;
}

/** Runs by epoch, with a table of the same numbers; `legend` names the runs where no leaderboard does. */
export async function curvesFigure(
  runs: readonly CurveRun[],
  metric: Metric,
  of: string,
  legend?: Html,
): Promise<Html> {
  const what = metric === 'accuracy' ? 'Accuracy by epoch' : 'Loss by epoch';
  const { svg, limit } = await drawCurves(runs, metric, `${what}, ${of}: ${spoken(runs, metric)}.`);
  return figure(html`${what}${legend}`, svg, {
    note: html`${lineKey(false)} validation, ${lineKey(true)} training; the mark is at the best epoch.${
      runs.some(({ lines }) => lines.length === 1) &&
      ' Of a run of one epoch the filled mark is validation, the hollow one training.'
    }${limit !== null && ` Losses above ${loss(limit)} are not drawn; the table has them.`}`,
    data: curvesTable(runs, metric, of),
  });
}

/** The runs of a figure with their lines and marks, one below the other. */
export function legendOf(runs: readonly CurveRun[]): Html {
  return html`<span class="legend">${runs.map((run) => html`<span>${runName(run.name, run)}</span>`)}</span>`;
}

// --- helpers ---

function scoresFigure(stage: StageRecord): Promise<Html> {
  const ranked = rank(stage.trials);
  const bars = ranked.map((trial) => ({
    name: trial.takenOver ? `${trial.name} (taken over)` : trial.name,
    value: trial.score,
    text: trial.score === null ? endInWords(trial) : percent(trial.score),
    colour: seriesStyle(stage.trials.indexOf(trial)).colour,
    pale: trial.takenOver,
  }));
  const label = `Best validation accuracies, ${stage.name}: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  return drawBars(bars, label).then((svg) =>
    figure('Best validation accuracy', svg, { note: 'The numbers are in the leaderboard.' }),
  );
}

function spoken(runs: readonly CurveRun[], metric: Metric): string {
  return runs
    .map(({ name, lines }) => {
      const last = lines.at(-1);
      if (!last) return `${name} has no epochs`;
      return metric === 'accuracy'
        ? `${name} ends at ${percent(last.val_accuracy)} on validation images, ${percent(last.train_accuracy)} in training`
        : `${name} ends at ${loss(last.val_loss)} on validation images, ${loss(last.train_loss)} in training`;
    })
    .join('; ');
}

function curvesTable(runs: readonly CurveRun[], metric: Metric, of: string): Html {
  const epochs = Math.max(...runs.map(({ lines }) => lines.length));
  const show = (value: number | undefined) =>
    value === undefined ? '' : metric === 'accuracy' ? value.toFixed(2) : loss(value);
  const rows = Array.from(
    { length: epochs },
    (_, index) => html`<tr><th scope="row" class="number">${index + 1}</th>${runs.map(
      ({ lines }) =>
        html`<td class="number">${show(lines[index]?.[`train_${metric}`])}</td><td class="number">${show(lines[index]?.[`val_${metric}`])}</td>`,
    )}</tr>
`,
  );
  const caption = metric === 'accuracy' ? 'Accuracies, percent' : 'Losses, nats an image';
  return scrolling(
    `${caption}, ${of}`,
    html`<table><caption>${caption}</caption><thead><tr><th scope="col" rowspan="2" class="number">Epoch</th>${runs.map(
      ({ name }) => html`<th scope="colgroup" colspan="2"><code>${name}</code></th>`,
    )}</tr><tr>${runs.map(() => html`<th scope="col" class="number">train</th><th scope="col" class="number">val</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}
