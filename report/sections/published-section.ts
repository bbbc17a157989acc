import type { Counterpart } from '../../study/definition/published-schema.ts';
import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { percent, plural } from '../../words/numbers.ts';
import { endInWords } from '../../words/outcome.ts';
import { numberInWords } from '../../words/settings.ts';
import { answer } from '../answers/answer.ts';
import { stageDefinition } from '../facts/study-facts.ts';
import { limitations } from '../facts/warnings.ts';
import { folded, scrolling } from '../html/elements.ts';
import { type Html, html, prose } from '../html/html.ts';

/** The published results that the study names, beside its own; nothing if it names none. */
export function publishedSection(record: StudyRecord): Html | false {
  const { published } = record.opening.study;
  if (!published) return false;
  const { title, source, results, caveats } = published;
  const rows = results.map(
    ({ stage, what, published: theirs, ours }) =>
      html`<tr><th scope="row">${stage}</th><td>${what}</td><td class="prose-cell">${prose(theirs)}</td><td class="prose-cell">${prose(counterpart(record, stage, ours))}</td></tr>
`,
  );
  const limits = [...limitations(record), ...caveats];
  return html`<section id="published" aria-labelledby="published-title"><h2 id="published-title">Published results: ${title}</h2>
${source && html`<p class="quiet">${prose(source)}</p>`}
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

// --- helpers ---

function counterpart(record: StudyRecord, stageName: string, ours: Counterpart): string {
  if (ours.kind === 'test') return record.test ? percent(record.test.accuracy) : 'not tested';
  const stage = record.stages.find(({ name }) => name === stageName);
  if (!stage) return 'not run';
  if (ours.kind === 'answer') return answer(record, stage);
  if (ours.kind === 'trials') return scores(ours.names.flatMap((name) => trialsOf(record, stage, name)));
  const scored = rank(stage.trials).filter(({ score }) => score !== null);
  if (ours.kind === 'ranking') return scores(scored);
  return scores(scored.slice(0, 1), stage.kind === 'search');
}

/** A candidate's trial, or that of its reduced form if the profile trained that instead. */
function trialsOf(
  record: StudyRecord,
  { name: stage, trials }: StageRecord,
  candidate: string,
): TrialRecord[] {
  const definition = stageDefinition(record, stage);
  const candidates = definition?.kind === 'compare' ? definition.candidates : [];
  const reduced = candidates.find(({ name }) => name === candidate)?.reduced?.name;
  return trials.filter(({ name, takenOver }) => !takenOver && (name === candidate || name === reduced));
}

function scores(trials: readonly TrialRecord[], withSettings = false): string {
  const texts = trials.map((trial) => {
    const score = trial.score === null ? endInWords(trial) : percent(trial.score);
    const inTraining =
      trial.scoreInTrainingMode === null ? '' : ` (in training mode ${percent(trial.scoreInTrainingMode)})`;
    return `\`${trial.name}\`\u00a0${score}${inTraining}${withSettings ? settings(trial) : ''}`;
  });
  return texts.join(', ') || 'no trial with a score';
}

function settings({ config }: TrialRecord): string {
  if (!config) return '';
  const names = ['learningRate', 'batchSize', 'epochs'] as const;
  return ` with ${names.map((name) => numberInWords(name, config[name])).join(', ')}`;
}
