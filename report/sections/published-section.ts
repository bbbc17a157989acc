import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { percent } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { numberInWords } from '../../words/settings.ts';
import { type Counterpart, publishedResults } from '../facts/published.ts';
import { answer } from '../facts/sentences.ts';
import { limitations } from '../facts/warnings.ts';
import { scrolling } from '../html/elements.ts';
import { type Html, html, prose } from '../html/html.ts';

/** The published numbers beside ours and what makes them comparable or not; nothing for a study of one's own. */
export function publishedSection(record: StudyRecord): Html | false {
  const published = publishedResults(record.opening.study.name);
  if (!published) return false;
  const rows = published.results.map(
    ({ stage, what, theirs, ours }) =>
      html`<tr><th scope="row">${stage}</th><td>${what}</td><td class="prose-cell">${prose(theirs)}</td><td class="prose-cell">${prose(counterpart(record, stage, ours))}</td></tr>
`,
  );
  const limits = limitations(record);
  const verdict =
    limits.length === 0
      ? 'Ours were made with the same data, images and epochs; what still differs is listed below.'
      : 'Not all of ours can be compared with them like for like; the reasons are listed below.';
  return html`<section id="published" aria-labelledby="published-title"><h2 id="published-title">The report’s numbers beside ours</h2>
<p>${verdict}</p>
${scrolling(
  'The report’s numbers beside ours',
  html`<table class="wide"><thead><tr><th scope="col">Stage</th><th scope="col">What</th><th scope="col">The report</th><th scope="col">This study</th></tr></thead><tbody>${rows}</tbody></table>`,
)}
<h3>What makes them comparable, or not</h3>
<ul>${[...limits, ...published.caveats].map((text) => html`<li>${prose(text)}</li>`)}</ul></section>
`;
}

// --- helpers ---

function counterpart(record: StudyRecord, stageName: string, ours: Counterpart): string {
  if (ours.kind === 'test') return record.test ? percent(record.test.accuracy) : 'not tested';
  const stage = record.stages.find(({ name }) => name === stageName);
  if (!stage) return 'not run';
  if (ours.kind === 'answer') return answer(record, stage);
  if (ours.kind === 'trials') return scores(ours.names.flatMap((name) => byCandidate(record, stage, name)));
  const scored = rank(stage.trials).filter(({ score }) => score !== null);
  if (ours.kind === 'ranking') return scores(scored);
  return scores(scored.slice(0, 1), stage.kind === 'search');
}

/** A candidate's run, or that of the reduced form that the profile trained instead. */
function byCandidate(
  record: StudyRecord,
  { name: stage, trials }: StageRecord,
  candidate: string,
): TrialRecord[] {
  const definition = record.opening.study.stages.find(({ name }) => name === stage);
  const candidates = definition?.kind === 'compare' ? definition.candidates : [];
  const reduced = candidates.find(({ name }) => name === candidate)?.reduced?.name;
  return trials.filter(({ name, takenOver }) => !takenOver && (name === candidate || name === reduced));
}

function scores(trials: readonly TrialRecord[], withSettings = false): string {
  const texts = trials.map((trial) => {
    const score = trial.score === null ? endInWords(trial) : percent(trial.score);
    const asTheirs =
      trial.scoreInTrainingMode === null ? '' : ` (in training mode ${percent(trial.scoreInTrainingMode)})`;
    return `\`${trial.name}\`\u00a0${score}${asTheirs}${withSettings ? searched(trial) : ''}`;
  });
  return texts.join(', ') || 'no run with a score';
}

function searched({ config }: TrialRecord): string {
  if (!config) return '';
  const settings = (['learningRate', 'batchSize', 'epochs'] as const).map((name) =>
    numberInWords(name, config[name]),
  );
  return ` with ${settings.join(', ')}`;
}
