import type { StudyRecord } from '../../study/record/record.ts';
import { handOvers } from '../answers/hand-over.ts';
import { folded, scrolling } from '../html/elements.ts';
import { code, type Html, html, prose } from '../html/html.ts';

/** What each stage's winner gave to later stages; nothing if no stage builds on another. */
export function handOverTable(record: StudyRecord): Html | false {
  const all = handOvers(record).filter(({ gave }) => gave.length > 0);
  if (all.length === 0) return false;
  const rows = all.flatMap(({ stage, winner, gave }) =>
    gave.map(
      ({ to, what }, index) => html`<tr>${
        index === 0 &&
        html`<th scope="rowgroup" rowspan="${gave.length}">${stage.name}</th><td rowspan="${gave.length}">${code(winner.name)}</td>`
      }<td>${to}</td><td class="prose-cell">${prose(what)}</td></tr>
`,
    ),
  );
  return html`<h3>From stage to stage</h3>
${folded(
  'What each winner gave to later stages',
  scrolling(
    'What each winner gave to later stages',
    html`<table class="wide"><caption>What later stages have of each winner’s configuration; weights are never handed on</caption><thead><tr><th scope="col">Stage</th><th scope="col">Winner</th><th scope="col">To</th><th scope="col">Gave</th></tr></thead><tbody>${rows}</tbody></table>`,
  ),
)}`;
}
