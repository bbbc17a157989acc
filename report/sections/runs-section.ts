import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { datasetInBrief } from '../../words/dataset.ts';
import { count, moment, percent, plural, shortHash } from '../../words/numbers.ts';
import { describeSettings } from '../../words/settings.ts';
import { allRuns, imagesUsed, referenceConfig } from '../facts/study-facts.ts';
import { scrolling } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';
import { trainingTime, trialTags } from './leaderboard.ts';

/** Every run: configuration, seed, time, attempts and data. */
export function runsSection(record: StudyRecord): Html {
  const { study, dataset } = record.opening;
  const { training, validation } = imagesUsed(record);
  const stages = record.stages.map((stage) => {
    const runs = stage.trials.filter(({ takenOver }) => !takenOver);
    return html`<tbody><tr><th scope="rowgroup" colspan="8" class="group">${stage.name}</th></tr>
${runs.map((trial) => row(record, stage, trial))}</tbody>`;
  });
  return html`<section id="runs" aria-labelledby="runs-title"><h2 id="runs-title">Every run</h2>
<p>${plural(allRuns(record).length, 'run')}. All saw the same ${count(training)} images and were scored on the same ${count(validation)} others, of data set
<code>${shortHash(dataset.sha256)}</code> (${origin(record)}), split with seed ${study.splitSeed}. <mark>Marked</mark>: what differs from the run that
the stage starts from, from the ordinary run that a side experiment stands beside, or else from the study’s base settings. A run that a later stage takes
over stands in its own stage only.</p>
${scrolling(
  'Every run',
  html`<table class="wide runs"><thead><tr><th scope="col">Run</th><th scope="col">Configuration</th><th scope="col" class="number">Score</th><th scope="col" class="number">Seed</th><th scope="col">Started</th><th scope="col" class="number">Time</th><th scope="col" class="number">Attempts</th><th scope="col">Key</th></tr></thead>${stages}</table>`,
)}</section>
`;
}

// --- helpers ---

function row(record: StudyRecord, stage: StageRecord, trial: TrialRecord): Html {
  return html`<tr><th scope="row"><code>${trial.name}</code> ${trialTags(trial)}</th>
<td class="settings">${settings(record, stage, trial)}</td><td class="number">${trial.score === null ? '–' : percent(trial.score)}</td><td class="number">${trial.seed ?? '–'}</td>
<td class="when">${trial.startedAt === null ? '–' : moment(trial.startedAt)}</td><td class="number">${trainingTime(trial)}</td>
<td class="number">${trial.attempts ?? '–'}</td><td class="nowrap">${trial.trialKey === null ? '–' : html`<code>${shortHash(trial.trialKey)}</code>`}</td></tr>
`;
}

function settings(record: StudyRecord, stage: StageRecord, trial: TrialRecord): Html | string {
  if (!trial.config) return '–';
  const reference = describeSettings(referenceConfig(record, stage, trial));
  const parts = describeSettings(trial.config)
    .map(({ name, text }, index) => ({ name, text, differs: text !== reference[index]?.text }))
    .filter(({ name, differs }) => differs || name !== 'validation flips' || trial.config?.validationFlip);
  if (trial.repetition)
    parts.push({ name: 'repetition', text: `repetition ${trial.repetition}`, differs: true });
  return html`${parts.map(({ text, differs }) => html`<span>${differs ? html`<mark>${text}</mark>` : text}</span>`)}`;
}

function origin({ opening }: StudyRecord): string {
  const { origin } = opening.dataset;
  const what = datasetInBrief(origin);
  return origin.archiveSha256 ? `${what}, archive ${shortHash(origin.archiveSha256)}` : what;
}
