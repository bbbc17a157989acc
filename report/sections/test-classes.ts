import { confusionOf } from '../../study/record/confusion.ts';
import type { TestRecord } from '../../study/record/record.ts';
import type { ExampleWord } from '../../words/examples.ts';
import { count, percent } from '../../words/numbers.ts';
import { type ClassRow, classRows, worstFirst } from '../facts/class-rows.ts';
import { drawBars } from '../figures/bars.ts';
import { figure, scrolling } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** How the classes fare in the final test, and which are taken for which. */
interface Shown {
  confusion: number[][];
  rows: ClassRow[];
  example: ExampleWord;
}

/**
 * Few classes have a confusion matrix and a bar each; many have their most frequent mistakes. Both have a table of each class's
 * figures, of very many the worst.
 *
 * @param names of the classes, by label.
 * @param colour of the bars.
 */
export async function testClasses(
  test: TestRecord,
  names: readonly string[],
  { colour, example }: { colour: string; example: ExampleWord },
): Promise<Html> {
  const shown: Shown = { confusion: confusionOf(test), rows: classRows(test, names), example };
  if (shown.rows.length > MOST_IN_MATRIX)
    return html`<div class="beside"><div>${mistakesTable(shown)}</div><div>${figuresTable(shown)}</div></div>`;
  return html`<div class="beside"><div>${confusionTable(shown)}
${mistakesInWords(shown)}</div>
${await classFigure(shown, colour)}</div>
<details><summary>Precision, recall and F1 of each class</summary>${figuresTable(shown)}</details>`;
}

// --- helpers ---

/** A matrix of more classes is wider than a page, and more bars are longer. */
const MOST_IN_MATRIX = 20;
const MOST_MISTAKES = 30;
const MOST_CLASSES = 100;

function confusionTable({ confusion, rows, example }: Shown): Html {
  const wrong = confusion.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual));
  const mostWrong = Math.max(1, ...wrong);
  const body = confusion.map((row, actual) => {
    const { name, images: all, recall } = rows[actual] as ClassRow;
    const cells = row.map((images, predicted) => {
      const right = predicted === actual;
      const share = right ? (all === 0 ? 0 : images / all) : images / mostWrong;
      return html`<td${right && html` class="right"`} style="--share:${Math.round(share * 60)}">${count(images)}</td>`;
    });
    return html`<tr><th scope="row">${name}</th>${cells}<td class="number">${optional(recall)}</td></tr>
`;
  });
  return scrolling(
    'Confusion matrix',
    html`<table class="heat"><caption>Confusion matrix: ${example}s by actual class (down) and predicted class (across). Blue: correct, by share of the class. Orange: wrong, relative to the most frequent mistake</caption>
<thead><tr><th scope="col" class="name">Actual</th>${rows.map(({ name }) => html`<th scope="col">${name}</th>`)}<th scope="col">Accuracy</th></tr></thead><tbody>${body}</tbody></table>`,
  );
}

interface Mistake {
  images: number;
  actual: ClassRow;
  predicted: ClassRow;
}

/** The most frequent first; of equal ones the lower labels. */
function mistakes({ confusion, rows }: Shown): Mistake[] {
  const found: Mistake[] = [];
  for (const [actual, row] of confusion.entries()) {
    for (const [predicted, images] of row.entries()) {
      if (images === 0 || actual === predicted) continue;
      found.push({ images, actual: rows[actual] as ClassRow, predicted: rows[predicted] as ClassRow });
    }
  }
  return found.sort((a, b) => b.images - a.images);
}

function mistakesInWords(shown: Shown): Html | false {
  const pairs = mistakes(shown)
    .slice(0, 3)
    .map(({ images, actual, predicted }) => `${actual.name} taken for ${predicted.name} (${count(images)})`);
  return pairs.length > 0 && html`<p>Most frequent mistakes: ${pairs.join(', ')}.</p>`;
}

function mistakesTable(shown: Shown): Html {
  const all = mistakes(shown);
  if (all.length === 0) return html`<p>No ${shown.example} was taken for another class.</p>`;
  const rows = all.slice(0, MOST_MISTAKES).map(
    ({ images, actual, predicted }) =>
      html`<tr><th scope="row">${actual.name}</th><td>${predicted.name}</td><td class="number">${count(images)}</td><td class="number">${percent((100 * images) / actual.images)}</td></tr>
`,
  );
  const most =
    all.length > MOST_MISTAKES
      ? `the ${MOST_MISTAKES} most frequent of ${count(all.length)} kinds`
      : 'all kinds';
  return scrolling(
    'Most frequent mistakes',
    html`<table><caption>Mistakes, ${most}; <code>record.json</code> has the whole matrix</caption><thead><tr><th scope="col">Actual</th><th scope="col">Taken for</th><th scope="col" class="number">${plural(shown)}</th><th scope="col" class="number">Of the class</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function figuresTable(shown: Shown): Html {
  const sorted = worstFirst(shown.rows);
  const rows = sorted.slice(0, MOST_CLASSES).map(
    ({ name, images, predicted, recall, precision, f1 }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${count(images)}</td><td class="number">${count(predicted)}</td><td class="number">${optional(recall)}</td><td class="number">${optional(precision)}</td><td class="number">${optional(f1)}</td></tr>
`,
  );
  const which =
    sorted.length > MOST_CLASSES
      ? `the ${MOST_CLASSES} lowest of ${count(sorted.length)}`
      : 'the lowest first';
  return scrolling(
    'Figures of each class',
    html`<table><caption>Classes by F1, ${which}. Recall: of the ${shown.example}s of the class, those that are right. Precision: of those taken for it</caption><thead><tr><th scope="col">Class</th><th scope="col" class="number">${plural(shown)}</th><th scope="col" class="number">Taken for it</th><th scope="col" class="number">Recall</th><th scope="col" class="number">Precision</th><th scope="col" class="number">F1</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

async function classFigure({ rows, example }: Shown, colour: string): Promise<Html> {
  const bars = rows.map(({ name, recall: value }) => ({
    name,
    value,
    text: value === null ? `no ${example}s` : percent(value),
    colour,
    winner: false,
  }));
  const label = `Test accuracy by class: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  return figure('Test accuracy by class', await drawBars(bars, label));
}

function plural({ example }: Shown): string {
  return example === 'image' ? 'Images' : 'Rows';
}

function optional(value: number | null): string {
  return value === null ? '–' : percent(value);
}
