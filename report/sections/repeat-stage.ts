import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { measureName, valueInWords } from '../../words/measure.ts';
import { exact, points, shortHash } from '../../words/numbers.ts';
import { ordinaryTrial } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawDifferences } from '../figures/differences.ts';
import { figure, figures, scrolling } from '../html/elements.ts';
import { code, type Html, html } from '../html/html.ts';
import { asCurve, curvesFigure, legendOf } from './stage-figures.ts';

/** Each repeated trial beside the first: what differs by epoch, and whether the weights are bit-identical. */
export async function repeatBody(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const parts: Html[] = [];
  for (const second of stage.trials) {
    const first = ordinaryTrial(record, second);
    if (first && first.lines.length > 0 && second.lines.length > 0)
      parts.push(await comparison(record, first, second));
  }
  return html`${parts}`;
}

// --- helpers ---

const COLUMNS = [
  ['train_loss', 'Training loss'],
  ['train_accuracy', 'Training accuracy'],
  ['val_loss', 'Val loss'],
  ['val_accuracy', 'Val accuracy'],
] as const;

async function comparison(record: StudyRecord, first: TrialRecord, second: TrialRecord): Promise<Html> {
  const epochs = second.lines.flatMap((line, index) => {
    const other = first.lines[index];
    return other
      ? [{ epoch: line.epoch, line, other, difference: line.val_accuracy - other.val_accuracy }]
      : [];
  });
  const largest = Math.max(...epochs.map(({ difference }) => Math.abs(difference)));
  // The two may have the same name; the second's curve needs another.
  const again = { ...second, name: second.name === first.name ? `${second.name}, again` : second.name };
  const styleOf = trialStyles(record);
  const curves = [{ ...asCurve(first, styleOf(first)), broad: true }, asCurve(again, styleOf(second))];
  const rows = epochs.map(
    ({ epoch, line, other }) =>
      html`<tr><th scope="row" class="number">${epoch}</th>${COLUMNS.map(
        ([key]) =>
          html`<td class="number">${other[key]}</td><td class="number">${exact(line[key] - other[key])}</td>`,
      )}</tr>
`,
  );
  const table = scrolling(
    `Differences by epoch of ${second.name}`,
    html`<table><caption>The first trial and, beside it, the second minus the first</caption><thead><tr><th scope="col" class="number">Epoch</th>${COLUMNS.map(
      ([, title]) =>
        html`<th scope="col" class="number">${title}</th><th scope="col" class="number">Difference</th>`,
    )}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  const accuracies = await curvesFigure(record, curves, 'accuracy', second.name, legendOf(curves));
  const parts = [accuracies];
  if (largest > 0) {
    const label = `Difference in validation accuracy by epoch, at most ${points(largest)}.`;
    parts.push(
      figure('Difference in validation accuracy', await drawDifferences(epochs, label), {
        note: `At most ${points(largest)} in any epoch.`,
      }),
    );
  }
  return html`${summary(first, again)}${figures(`Figures of ${second.name}`, parts)}
<details><summary>All losses and accuracies, and their differences</summary>${table}</details>`;
}

function summary(first: TrialRecord, second: TrialRecord): Html {
  const rows = [first, second].map(
    (
      trial,
    ) => html`<tr><th scope="row">${code(trial.name)}</th><td class="number">${trial.seed ?? '–'}</td><td class="number">${trial.repetition ?? '–'}</td>
<td class="number">${trial.score === null ? '–' : valueInWords(trial.score, trial.measure)}</td><td class="number">${trial.bestEpoch ?? '–'}</td><td><code>${trial.tensorsSha256 === null ? '–' : shortHash(trial.tensorsSha256)}</code></td></tr>
`,
  );
  const known = first.tensorsSha256 !== null && second.tensorsSha256 !== null;
  const verdict = first.tensorsSha256 === second.tensorsSha256 ? 'bit-identical' : 'not bit-identical';
  return scrolling(
    'Both trials',
    html`<table><caption>Both trials; the best epoch’s weights are ${known ? verdict : 'not recorded'}</caption><thead><tr><th scope="col">Trial</th><th scope="col" class="number">Seed</th><th scope="col" class="number">Repetition</th><th scope="col" class="number">Best val ${measureName(first.measure)}</th><th scope="col" class="number">Best epoch</th><th scope="col">Weights’ SHA-256</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}
