import type { StudyRecord, TestRecord } from '../../study/record/record.ts';
import type { ExampleWord } from '../../words/examples.ts';
import { measureName, valueInWords } from '../../words/measure.ts';
import { loss, percent } from '../../words/numbers.ts';
import { intervalInWords } from '../../words/verdict.ts';
import { testAnswer, testedRuns } from '../answers/test-answer.ts';
import { exampleOf } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { seriesStyle } from '../figures/series.ts';
import { scrolling } from '../html/elements.ts';
import { code, type Html, html, prose } from '../html/html.ts';
import { testClasses } from './test-classes.ts';

/** The final test: score, confusion matrix and figures of each class; nothing without a test. */
export async function testSection(record: StudyRecord): Promise<Html | false> {
  const { test, opening } = record;
  if (!test) return false;
  const stage = opening.study.stages.find(({ kind }) => kind === 'test');
  const tested = record.stages
    .flatMap(({ trials }) => trials)
    .find(({ trialKey }) => trialKey === test.trialKey);
  const { colour } = tested ? trialStyles(record)(tested) : seriesStyle(0);
  const example = exampleOf(record);
  return html`<section id="test" aria-labelledby="test-title"><h2 id="test-title">${record.stages.length + 1}. ${test.stage || 'test'}</h2>
${stage && html`<p class="question">${prose(stage.question)}</p>`}
<p class="answer">${prose(testAnswer(record))}</p>
<p class="quiet">The best epoch’s weights, evaluated once on ${example}s that no trial was trained or selected on. Loss ${loss(testedRuns(test).mean.loss)}.${
    testedRuns(test).runs.length > 1 &&
    html` The figures of classes are of the first run, ${code(testedRuns(test).runs[0]?.trial ?? '')}.`
  }</p>
${runsTable(test, example)}
${await testClasses(test, opening.dataset.classes ?? [], { colour, example })}</section>
`;
}

// --- helpers ---

/** Each of the winner's runs, if there are several. */
function runsTable(test: TestRecord, example: ExampleWord): Html | false {
  const { runs } = testedRuns(test);
  const { measure } = test;
  if (runs.length < 2) return false;
  // A loss has a column anyway.
  const own = measure !== undefined && measure !== 'loss';
  const rows = runs.map(
    ({ trial, seed, accuracy, loss: lossOf, interval, score, scoreInterval }) =>
      html`<tr><th scope="row">${code(trial)}</th><td class="number">${seed}</td>${
        own &&
        html`<td class="number">${score === undefined ? '–' : valueInWords(score, measure)}</td><td class="number">${scoreInterval ? intervalInWords(scoreInterval) : '–'}</td>`
      }<td class="number">${percent(accuracy)}</td><td class="number">${intervalInWords(interval)}</td><td class="number">${loss(lossOf)}</td></tr>
`,
  );
  return scrolling(
    'The test of each run',
    html`<table><caption>Each run of the winner</caption><thead><tr><th scope="col">Trial</th><th scope="col" class="number">Seed</th>${own && html`<th scope="col" class="number">Test ${measureName(measure)}</th><th scope="col" class="number">Its interval, of the ${example}s</th>`}<th scope="col" class="number">Test accuracy</th><th scope="col" class="number">Wilson interval, of the ${example}s</th><th scope="col" class="number">Loss</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}
