import type { StudyRecord } from '../../study/record/record.ts';
import { plural } from '../../words/numbers.ts';
import { weightsInBrief } from '../../words/weights.ts';
import { allRuns } from '../facts/study-facts.ts';
import { scrolling } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** How it was made: what the runs ran on, and what names the study and its data in full. */
export function madeSection(record: StudyRecord): Html {
  const { opening } = record;
  const environments = new Map<string, { values: Record<string, string>; runs: number }>();
  for (const { trial } of allRuns(record)) {
    if (!trial.environment) continue;
    const key = JSON.stringify(Object.entries(trial.environment).sort());
    const known = environments.get(key) ?? { values: trial.environment, runs: 0 };
    environments.set(key, { ...known, runs: known.runs + 1 });
  }
  const rows = [...environments.values()].map(
    ({ values, runs }) =>
      html`<tr><td class="nowrap">${plural(runs, 'run')}</td><td>${Object.entries(values).map(
        ([name, value], index) =>
          html`${index > 0 && ', '}<span class="quiet">${LABELS[name] ?? name}</span> ${value}`,
      )}</td></tr>
`,
  );
  return html`<section id="made" aria-labelledby="made-title"><h2 id="made-title">How it was made</h2>
<p>Trained by staged-study, with TensorFlow from Node.js, as durable workflows. Every number on this page comes from the study’s record, which stands
beside it as JSON, with every epoch of every run as CSV.</p>
${rows.length > 0 && scrolling('What the runs ran on', html`<table><caption>What the runs ran on</caption><tbody>${rows}</tbody></table>`)}
<dl class="words"><dt>Study</dt><dd><code>${opening.studyId}</code>, numerics ${opening.numerics}</dd>
<dt>Data set</dt><dd><code>${opening.dataset.sha256}</code></dd>
${opening.dataset.origin.archiveSha256 !== undefined && html`<dt>Archive</dt><dd><code>${opening.dataset.origin.archiveSha256}</code></dd>`}
${opening.dataset.origin.source !== undefined && html`<dt>Source</dt><dd>${opening.dataset.origin.source}</dd>`}
${weightsRows(record)}</dl></section>
`;
}

// --- helpers ---

/** What pretrained networks started from. */
function weightsRows({ opening: { weights } }: StudyRecord): Html {
  if (!weights) return html`<dt>Weights</dt><dd>none: every network started from scratch</dd>`;
  const { source, fileSha256, format } = weights.origin;
  return html`<dt>Weights</dt><dd>${weightsInBrief(weights)}: <code>${weights.sha256}</code>, ${weights.tensors} tensors</dd>
<dt>Their file</dt><dd>${source} (${format}), <code>${fileSha256}</code></dd>`;
}

/** Names of an environment's entries as they are read; others stand as they are. */
const LABELS: Record<string, string> = {
  tensorflow: 'TensorFlow',
  kind: 'on',
  name: 'device',
  instructions: 'instructions',
  intraOpThreads: 'threads an operation',
  interOpThreads: 'operations side by side',
  deterministicOps: 'deterministic operations',
  node: 'Node.js',
};
