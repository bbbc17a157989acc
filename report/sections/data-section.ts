import { inputOf } from '../../study/definition/data-schema.ts';
import { imageShape } from '../../study/definition/input-form.ts';
import type { DataSummary, StudyRecord } from '../../study/record/record.ts';
import { datasetInBrief } from '../../words/dataset.ts';
import { count, plural } from '../../words/numbers.ts';
import { scrolling } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** A study's own data: how many examples of each class, their sizes, duplicates, and some of them. False for CIFAR-10. */
export function dataSection({ opening }: StudyRecord): Html | false {
  const { summary, classes = [], origin } = opening.dataset;
  if (!summary) return false;
  return html`<section id="data" aria-labelledby="data-title"><h2 id="data-title">Data</h2>
<p>${datasetInBrief(origin)}: ${sentences(opening.study, summary).join(' ')}</p>
${duplicates(summary)}
${scrolling(
  'Examples of each class',
  html`<table><caption>Examples of each class</caption><thead><tr><th scope="col">Class</th>${
    summary.examples && html`<th scope="col">Example</th>`
  }<th scope="col" class="number">Training and validation</th><th scope="col" class="number">Test</th></tr></thead><tbody>${classes
    .slice(0, SHOWN_CLASSES)
    .map((name, label) => row(name, label, summary))}</tbody></table>`,
)}
${classes.length > SHOWN_CLASSES && html`<p class="quiet">And ${plural(classes.length - SHOWN_CLASSES, 'class', 'classes')} more.</p>`}
</section>`;
}

// --- helpers ---

const SHOWN_CLASSES = 100;

function row(name: string, label: number, { counts, examples }: DataSummary): Html {
  const png = examples?.find((each) => each.label === label)?.png;
  return html`<tr><th scope="row">${name}</th>${
    examples && html`<td>${png !== undefined && html`<img alt="" src="data:image/png;base64,${png}">`}</td>`
  }<td class="number">${count(counts.training[label] ?? 0)}</td><td class="number">${count(counts.test[label] ?? 0)}</td></tr>
`;
}

function sentences(
  study: StudyRecord['opening']['study'],
  { counts, sizes, columns }: DataSummary,
): string[] {
  const total = (side: number[]) => side.reduce((sum, each) => sum + each, 0);
  const input = inputOf(study);
  const [height, width, channels] = imageShape(input) ?? [];
  const what = height === undefined ? 'row' : 'image';
  const all = `${plural(total(counts.training), what)} for training and validation, ${count(total(counts.test))} for the test.`;
  if (height === undefined) {
    return [
      all,
      `Networks see ${plural(input.shape[0], 'value')} of a row${columns ? `, from ${plural(columns.length, 'column')}` : ''}.`,
    ];
  }
  const prepared = `Networks see them with ${width}×${height} pixels, ${channels === 1 ? 'grey' : 'in colour'}.`;
  if (!sizes) return [all, prepared];
  const [smallest, largest] = [sizes.smallest.join('×'), sizes.largest.join('×')];
  const found =
    sizes.different === 1 ? `They have ${smallest} pixels.` : `They have ${smallest} to ${largest} pixels.`;
  return [all, found, prepared];
}

function duplicates({ duplicates: { testInTraining, withinTraining } }: DataSummary): Html | false {
  if (testInTraining === 0 && withinTraining === 0) return false;
  const parts = [
    ...(testInTraining > 0
      ? [
          `${plural(testInTraining, 'test example')} ${testInTraining === 1 ? 'is' : 'are'} among those for training too, so the test is easier than it should be.`,
        ]
      : []),
    ...(withinTraining > 0
      ? [
          `${plural(withinTraining, 'example')} for training and validation ${withinTraining === 1 ? 'equals' : 'equal'} an earlier one.`,
        ]
      : []),
  ];
  return html`<p>${parts.join(' ')}</p>`;
}
