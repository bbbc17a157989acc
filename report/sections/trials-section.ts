import { inputOf } from '../../study/definition/data-schema.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { datasetInBrief } from '../../words/dataset.ts';
import { valueInWords } from '../../words/measure.ts';
import { count, moment, plural, shortHash } from '../../words/numbers.ts';
import { retrainedSummary } from '../../words/outcome.ts';
import { describeSettings } from '../../words/settings.ts';
import { allTrials, exampleOf, imagesUsed, referenceConfig } from '../facts/study-facts.ts';
import { folded, scrolling } from '../html/elements.ts';
import { code, type Html, html, prose } from '../html/html.ts';
import { allFromStore, MOST_SHOWN, trialTags } from './leaderboard.ts';
import { trainingTime } from './leaderboard-columns.ts';

/** All trials: configuration, seed, time, attempts and data. */
export function trialsSection(record: StudyRecord): Html {
  const { study, dataset } = record.opening;
  const { training, validation } = imagesUsed(record);
  const compared = retrainedSummary(allTrials(record).map(({ trial }) => trial));
  const fromStore = allFromStore(record.stages.flatMap(({ trials }) => trials));
  const stages = record.stages.map((stage) => {
    const own = stage.trials.filter(({ takenOver }) => !takenOver);
    const trials = own.slice(0, MOST_SHOWN);
    const rest = own.length - trials.length;
    return html`<tbody><tr><th scope="rowgroup" colspan="8" class="group">${stage.name}${
      rest > 0 && `: the first ${trials.length}; record.json has the other ${count(rest)}`
    }</th></tr>
${trials.map((trial) => row(record, stage, trial, fromStore))}</tbody>`;
  });
  return html`<section id="trials" aria-labelledby="trials-title"><h2 id="trials-title">All trials</h2>
<p>${plural(allTrials(record).length, 'trial')}. All trained on the same ${count(training)} ${exampleOf(record)}s and were scored on the same ${count(validation)} others, from data set
<code>${shortHash(dataset.sha256)}</code> (${origin(record)}), split with seed ${study.splitSeed}. Settings are <mark>marked</mark> if they differ from those of
the trial that the stage starts from, of a side experiment’s ordinary trial, or else from the study’s base settings. A trial that later stages take over is
listed under its own stage only.${fromStore && ' All results were in the store.'}${compared !== undefined && html` Trained again with <code>--retrain</code>: ${compared}.`}</p>
${folded(
  'Configuration, seed, time and key of each trial',
  scrolling(
    'All trials',
    html`<table class="wide trials"><thead><tr><th scope="col">Trial</th><th scope="col">Configuration</th><th scope="col" class="number">Score</th><th scope="col" class="number">Seed</th><th scope="col">Started</th><th scope="col" class="number">Time</th><th scope="col" class="number">Attempts</th><th scope="col">Key</th></tr></thead>${stages}</table>`,
  ),
)}</section>
`;
}

// --- helpers ---

function row(record: StudyRecord, stage: StageRecord, trial: TrialRecord, fromStore: boolean): Html {
  return html`<tr><th scope="row">${code(trial.name)} ${trialTags(trial, fromStore)}</th>
<td class="settings">${settings(record, stage, trial)}</td><td class="number">${trial.score === null ? '–' : valueInWords(trial.score, trial.measure)}</td><td class="number">${trial.seed ?? '–'}</td>
<td class="when">${trial.startedAt === null ? '–' : moment(trial.startedAt)}</td><td class="number">${trainingTime(trial)}</td>
<td class="number">${trial.attempts ?? '–'}</td><td class="nowrap">${trial.trialKey === null ? '–' : html`<code>${shortHash(trial.trialKey)}</code>`}</td></tr>
`;
}

function settings(record: StudyRecord, stage: StageRecord, trial: TrialRecord): Html | string {
  if (!trial.config) return '–';
  const input = inputOf(record.opening.study);
  const reference = describeSettings(referenceConfig(record, stage, trial), input);
  const parts = describeSettings(trial.config, input)
    .map(({ name, text }, index) => ({ name, text, differs: text !== reference[index]?.text }))
    .filter(({ name, differs }) => differs || !isLeftOut(name, trial.config));
  if (trial.repetition)
    parts.push({ name: 'repetition', text: `repetition ${trial.repetition}`, differs: true });
  return html`${parts.map(({ text, differs }) => html`<span>${differs ? html`<mark>${prose(text)}</mark>` : prose(text)}</span>`)}`;
}

/** Settings that almost every trial has at their default are shown only where one hasn't. */
function isLeftOut(name: string, config: TrialRecord['config']): boolean {
  if (name === 'validation flips') return !config?.validationFlip;
  return name === 'threads' && !config?.threads;
}

function origin({ opening }: StudyRecord): string {
  const { origin } = opening.dataset;
  const what = datasetInBrief(origin);
  return origin.archiveSha256 ? `${what}, archive ${shortHash(origin.archiveSha256)}` : what;
}
