import type { StudyRecord } from '../../study/record/record.ts';
import { environmentsInWords } from '../../words/environment.ts';
import { plural } from '../../words/numbers.ts';
import { weightsInBrief } from '../../words/weights.ts';
import { allTrials } from '../facts/study-facts.ts';
import { folded, scrolling } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** What the trials trained on, and the full names of the study and its inputs. */
export function environmentSection(record: StudyRecord): Html {
  const { opening } = record;
  /** By all that took part in a trial, in order. */
  const environments = new Map<string, { texts: string[]; trials: number }>();
  for (const { trial } of allTrials(record)) {
    const texts = environmentsInWords(trial);
    if (texts.length === 0) continue;
    const key = JSON.stringify(texts);
    environments.set(key, { texts, trials: (environments.get(key)?.trials ?? 0) + 1 });
  }
  const rows = [...environments.values()].map(
    ({ texts, trials }) =>
      html`<tr><td class="nowrap">${plural(trials, 'trial')}</td><td>${texts.map(
        (text, index) => html`${index > 0 && html`<br>`}${text}`,
      )}</td></tr>
`,
  );
  return html`<section id="environment" aria-labelledby="environment-title"><h2 id="environment-title">Environment and inputs</h2>
<p>Trained by staged-study with TensorFlow from Node.js. Every number on this page is from the study’s record, which <code>record.json</code> holds;
<code>epochs.csv</code> holds every epoch of every trial.</p>
${rows.length > 0 && scrolling('Environments of the trials', html`<table><caption>Environments of the trials</caption><tbody>${rows}</tbody></table>`)}
${folded(
  'Keys and files',
  html`<dl class="words"><dt>Study</dt><dd><code>${opening.studyId}</code>, numerics ${opening.numerics}</dd>
<dt>Data set</dt><dd><code>${opening.dataset.sha256}</code></dd>
${opening.dataset.origin.archiveSha256 !== undefined && html`<dt>Archive</dt><dd><code>${opening.dataset.origin.archiveSha256}</code></dd>`}
${opening.dataset.origin.source !== undefined && html`<dt>Source</dt><dd>${opening.dataset.origin.source}</dd>`}
${weightsRows(record)}</dl>`,
)}</section>
`;
}

// --- helpers ---

function weightsRows({ opening: { weights } }: StudyRecord): Html {
  if (!weights) return html`<dt>Weights</dt><dd>none: every network started from scratch</dd>`;
  const { source, fileSha256, format } = weights.origin;
  return html`<dt>Weights</dt><dd>${weightsInBrief(weights)}: <code>${weights.sha256}</code>, ${weights.tensors} tensors</dd>
<dt>Weights file</dt><dd>${source} (${format}), <code>${fileSha256}</code></dd>`;
}
