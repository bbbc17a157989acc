import type { StudyRecord } from '../../study/record/record.ts';
import { plural } from '../../words/numbers.ts';
import { comparisons, limitsOfComparison } from '../answers/published-answer.ts';
import { hasRepeats } from '../facts/candidates.ts';
import { folded, scrolling } from '../html/elements.ts';
import { type Html, html, prose } from '../html/html.ts';

/** The published results that the study names, beside its own; nothing if it names none. */
export function publishedSection(record: StudyRecord): Html | false {
  const { published } = record.opening.study;
  if (!published) return false;
  const { title, source } = published;
  const rows = comparisons(record).map(
    ({ stage, what, published: theirs, ours }) =>
      html`<tr><th scope="row">${stage}</th><td>${prose(what)}</td><td class="prose-cell">${prose(theirs)}</td><td class="prose-cell">${prose(ours)}</td></tr>
`,
  );
  const limits = limitsOfComparison(record);
  return html`<section id="published" aria-labelledby="published-title"><h2 id="published-title">Published results: ${title}</h2>
${source && html`<p class="quiet">${prose(source)}</p>`}
${record.stages.some(hasRepeats) && html`<p class="note">After ±: the standard deviation over the seeds.</p>`}
${folded(
  'The comparison',
  scrolling(
    'Published results beside this study’s',
    html`<table class="wide"><thead><tr><th scope="col">Stage</th><th scope="col">What</th><th scope="col">${title}</th><th scope="col">This study</th></tr></thead><tbody>${rows}</tbody></table>`,
  ),
)}
${
  limits.length > 0 &&
  html`<h3>Limits of this comparison</h3>
${folded(plural(limits.length, 'limit'), html`<ul>${limits.map((text) => html`<li>${prose(text)}</li>`)}</ul>`)}`
}</section>
`;
}
