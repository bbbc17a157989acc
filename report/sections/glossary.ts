import type { StudyRecord } from '../../study/record/record.ts';
import type { OtherMeasure } from '../../study/trial/measure.ts';
import { anExample, type ExampleWord } from '../../words/examples.ts';
import { measureName } from '../../words/measure.ts';
import { exampleOf, rankedBy } from '../facts/study-facts.ts';
import { type Html, html } from '../html/html.ts';

/** What the page's words mean. */
export function glossary(record: StudyRecord): Html {
  const example = exampleOf(record);
  const measure = rankedBy(record);
  const name = measureName(measure);
  return html`<details><summary>Glossary</summary><dl class="words">
<dt>Trial</dt><dd>One training of one full configuration with one seed.</dd>
<dt>Score</dt><dd>The validation ${name} of a trial’s best epoch, which is the first whose ${name} is better than that of all before it. Epochs count from 1.</dd>
<dt>In training mode</dt><dd>The validation ${name} of the same weights with dropout active and with batch normalisation by each batch’s own statistics. Networks with neither have none.</dd>
<dt>Winner</dt><dd>The trial of a stage with the best score. In a tie, the trial that the stage started from wins, or else the earlier candidate. Later stages take over its configuration, never its weights.</dd>
${
  measure &&
  html`<dt>${name[0]?.toUpperCase()}${name.slice(1)}</dt><dd>${measureMeaning(measure, example)}</dd>
`
}<dt>Points</dt><dd>A difference between two percentages, such as accuracies.</dd>
<dt>Run</dt><dd>One of a candidate’s trials, each with a seed of its own. Most candidates have one. Candidates with several rank by the mean of their scores; the deviation is the standard deviation of these scores.</dd>
<dt>Clear, likely</dt><dd>Whether a lead is more than chance. Clear: three seeds or more, and p below 0.05. Likely: two seeds or more, and p below 0.2. With one seed, at most “these two runs differ”: another seed may reverse it. p is corrected for the number of candidates.</dd>
<dt>Near-tie</dt><dd>A lead smaller than the standard error of one accuracy measured on the validation ${example}s, 100·√(p(1−p)/n). One seed can’t tell the two trials apart.</dd>
<dt>Taken over</dt><dd>The trial of an earlier winner, ranked beside the candidates that start from it.</dd>
<dt>From the store</dt><dd>Trained earlier, by this study or another, with the same configuration, data and seed; not trained again.</dd>
<dt>Side experiment</dt><dd>Earlier trials with one change, or repeated with the same seed. Each is compared with its ordinary trial, and none is ranked.</dd>
<dt>Loss</dt><dd>Cross-entropy in nats ${anExample(example)}, averaged over the ${example}s.</dd>
</dl></details>`;
}

// --- helpers ---

function measureMeaning(measure: OtherMeasure, example: ExampleWord): string {
  return {
    'balanced accuracy': `The mean of the classes’ accuracies, however many ${example}s each has.`,
    'macro F1': `The mean of the classes’ F1 scores: 2 · right / (${example}s of the class + ${example}s taken for it).`,
    'top-5': `The share of ${example}s whose class is among the five most likely.`,
    loss: 'By which the study ranks: the lowest is best.',
  }[measure];
}
