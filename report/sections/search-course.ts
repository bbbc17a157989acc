import type { SearchStage } from '../../study/definition/stage-schema.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import type { SearchRecord, SeedTrial } from '../../study/record/search-record.ts';
import { meritOf, type OtherMeasure } from '../../study/trial/measure.ts';
import { measureName, valueInWords } from '../../words/measure.ts';
import { count, plural } from '../../words/numbers.ts';
import { searchEndInWords } from '../../words/search-end.ts';
import { budgetInWords, samplerInWords } from '../../words/search-space.ts';
import { rankedBy, stageDefinition } from '../facts/study-facts.ts';
import { scrolling } from '../html/elements.ts';
import { code, type Html, html, prose } from '../html/html.ts';

/** How a search chose, how it ended, and what it knew from the start. */
export function searchCourse(record: StudyRecord, stage: StageRecord): Html | false {
  const definition = stageDefinition(record, stage.name);
  if (definition?.kind !== 'search') return false;
  const { note, sampler } = definition;
  return html`${note !== undefined && html`<p class="quiet">${prose(note)}</p>`}
<p class="quiet">How it chose: ${prose(samplerInWords(sampler))}.${stage.search && html` ${endOf(stage.search, definition)}${orderOf(stage.search)}`}</p>
${stage.search?.seeds && seedsOf(stage.search.seeds, rankedBy(record))}`;
}

// --- helpers ---

/** Seeds that a page lists. */
const MOST_SEEDS = 20;

function endOf(search: SearchRecord, { evaluations, budget }: SearchStage): string {
  const ended = `${count(search.evaluations)} of ${plural(evaluations, 'evaluation')} ended`;
  const of = budget && search.end === 'budget' ? ` (${budgetInWords(budget)})` : '';
  return `${ended}${searchEndInWords(search)}${of}.`;
}

function orderOf({ arrivals }: SearchRecord): string | false {
  return (
    arrivals !== undefined &&
    ' What it suggested depended on the order in which evaluations ended, which the record has: another run of it would try others.'
  );
}

/** Trials of earlier searches: not ranked, but learnt from. */
function seedsOf(seeds: readonly SeedTrial[], measure: OtherMeasure | undefined): Html {
  const merit = ({ score }: SeedTrial) => meritOf(score, measure);
  const best = [...seeds].sort((a, b) => merit(b) - merit(a)).slice(0, MOST_SEEDS);
  const rows = best.map(
    ({ study, stage, name, score }) =>
      html`<tr><th scope="row">${code(name)}</th><td>${code(study)}</td><td>${stage}</td><td class="number">${valueInWords(score, measure)}</td></tr>
`,
  );
  const shown = best.length < seeds.length ? `; the best ${best.length}` : '';
  return html`<details><summary>It knew ${plural(seeds.length, 'trial')} of earlier searches from the start; they are not ranked here</summary>${scrolling(
    'Trials of earlier searches',
    html`<table><caption>Trials of earlier searches${shown}</caption><thead><tr><th scope="col">Trial</th><th scope="col">Study</th><th scope="col">Stage</th><th scope="col" class="number">Best val ${measureName(measure)}</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}</details>`;
}
