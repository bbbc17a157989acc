import type { StudyRecord, TestRecord } from '../../study/record/record.ts';
import { count, loss, percent } from '../../words/numbers.ts';
import { intervalInWords } from '../../words/verdict.ts';
import { testAnswer, testedRuns } from '../answers/test-answer.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawBars } from '../figures/bars.ts';
import { seriesStyle } from '../figures/series.ts';
import { figure, scrolling } from '../html/elements.ts';
import { code, type Html, html, prose } from '../html/html.ts';

/** The final test: accuracy, confusion matrix and accuracy of each class; nothing without a test. */
export async function testSection(record: StudyRecord): Promise<Html | false> {
  const { test, opening } = record;
  if (!test) return false;
  const stage = opening.study.stages.find(({ kind }) => kind === 'test');
  const tested = record.stages
    .flatMap(({ trials }) => trials)
    .find(({ trialKey }) => trialKey === test.trialKey);
  const { colour } = tested ? trialStyles(record)(tested) : seriesStyle(0);
  const classes = test.confusion.map((_, label) => opening.dataset.classes?.[label] ?? `class ${label}`);
  return html`<section id="test" aria-labelledby="test-title"><h2 id="test-title">${record.stages.length + 1}. ${test.stage || 'test'}</h2>
${stage && html`<p class="question">${prose(stage.question)}</p>`}
<p class="answer">${prose(testAnswer(record))}</p>
<p class="quiet">The best epoch’s weights, evaluated once on images that no trial was trained or selected on. Loss ${loss(testedRuns(test).mean.loss)}.${
    testedRuns(test).runs.length > 1 &&
    html` The matrix and the classes are of the first run, ${code(testedRuns(test).runs[0]?.trial ?? '')}.`
  }</p>
${runsTable(test)}
<div class="beside"><div>${confusionTable(test, classes)}
${mistakes(test, classes)}</div>
${await classFigure(test, classes, colour)}</div></section>
`;
}

// --- helpers ---

/** Each of the winner's runs, if there are several. */
function runsTable(test: TestRecord): Html | false {
  const { runs } = testedRuns(test);
  if (runs.length < 2) return false;
  const rows = runs.map(
    ({ trial, seed, accuracy, loss: lossOf, interval }) =>
      html`<tr><th scope="row">${code(trial)}</th><td class="number">${seed}</td><td class="number">${percent(accuracy)}</td><td class="number">${intervalInWords(interval)}</td><td class="number">${loss(lossOf)}</td></tr>
`,
  );
  return scrolling(
    'The test of each run',
    html`<table><caption>Each run of the winner</caption><thead><tr><th scope="col">Trial</th><th scope="col" class="number">Seed</th><th scope="col" class="number">Test accuracy</th><th scope="col" class="number">Wilson interval, of the images</th><th scope="col" class="number">Loss</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function total(row: readonly number[]): number {
  return row.reduce((sum, images) => sum + images, 0);
}

function recall(row: readonly number[], label: number): number | null {
  const all = total(row);
  return all === 0 ? null : (100 * (row[label] ?? 0)) / all;
}

function confusionTable({ confusion }: TestRecord, classes: readonly string[]): Html {
  const wrong = confusion.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual));
  const mostWrong = Math.max(1, ...wrong);
  const rows = confusion.map((row, actual) => {
    const all = total(row);
    const cells = row.map((images, predicted) => {
      const right = predicted === actual;
      const share = right ? (all === 0 ? 0 : images / all) : images / mostWrong;
      return html`<td${right && html` class="right"`} style="--share:${Math.round(share * 60)}">${count(images)}</td>`;
    });
    const accuracy = recall(row, actual);
    return html`<tr><th scope="row">${classes[actual]}</th>${cells}<td class="number">${accuracy === null ? '–' : percent(accuracy)}</td></tr>
`;
  });
  return scrolling(
    'Confusion matrix',
    html`<table class="heat"><caption>Confusion matrix: images by actual class (rows) and predicted class (columns). Blue: correct, by share of the class. Orange: wrong, relative to the most frequent mistake</caption>
<thead><tr><th scope="col" class="name">Actual</th>${classes.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">Accuracy</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function mistakes({ confusion }: TestRecord, classes: readonly string[]): Html | false {
  const pairs = confusion
    .flatMap((row, actual) => row.map((images, predicted) => ({ images, actual, predicted })))
    .filter(({ images, actual, predicted }) => images > 0 && actual !== predicted)
    .sort((a, b) => b.images - a.images)
    .slice(0, 3)
    .map(
      ({ images, actual, predicted }) =>
        `${classes[actual]} taken for ${classes[predicted]} (${count(images)})`,
    );
  return pairs.length > 0 && html`<p>Most frequent mistakes: ${pairs.join(', ')}.</p>`;
}

async function classFigure(
  { confusion }: TestRecord,
  classes: readonly string[],
  colour: string,
): Promise<Html> {
  const bars = confusion.map((row, label) => {
    const value = recall(row, label);
    return {
      name: classes[label] ?? '',
      value,
      text: value === null ? 'no images' : percent(value),
      colour,
      winner: false,
    };
  });
  const label = `Test accuracy by class: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  return figure('Test accuracy by class', await drawBars(bars, label));
}
