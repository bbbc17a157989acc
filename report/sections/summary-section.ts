import type { StudyRecord } from '../../study/record/record.ts';
import { datasetInBrief } from '../../words/dataset.ts';
import { count, duration, moment, percent, plural, secondsBetween } from '../../words/numbers.ts';
import { headline, testAnswer } from '../facts/sentences.ts';
import { allRuns, bestTrial, imagesUsed, lastDecided, missingStages } from '../facts/study-facts.ts';
import { drawBars } from '../figures/bars.ts';
import { seriesStyle } from '../figures/series.ts';
import { figure } from '../html/elements.ts';
import { type Content, type Html, html, prose } from '../html/html.ts';
import { stageAnchor } from './stage-section.ts';

/** The few facts that sum a study up. */
export function summaryTiles(record: StudyRecord): Html {
  const { opening, finishedAt, test } = record;
  const decided = lastDecided(record);
  const seconds = secondsBetween(opening.startedAt, finishedAt);
  const runs = allRuns(record).map(({ trial }) => trial);
  const trained = runs.filter(({ lines }) => lines.length > 0);
  const inTraining = trained
    .filter(({ reused }) => !reused)
    .reduce((sum, run) => sum + (run.trainingSeconds ?? 0), 0);
  const stored = trained.filter(({ reused }) => reused).length;
  const images = imagesUsed(record);
  return html`<dl class="tiles">
${tile(missingStages(record).length === 0 ? 'Winner' : 'Winner so far', html`<code>${decided?.trial.name ?? 'none yet'}</code>`, decided && `of stage ${decided.stage.name}`)}
${tile('Validation accuracy', decided ? html`<span class="big">${percent(decided.trial.score)}</span>` : '–', decided && `best epoch ${decided.trial.bestEpoch}, ${plural(images.validation, 'image')}`)}
${tile('Test accuracy', test ? html`<span class="big">${percent(test.accuracy)}</span>` : 'not tested', test && plural(test.images, 'image'))}
${tile('Data', datasetInBrief(opening.dataset.origin), `${count(images.training)} images to train on, ${count(images.validation)} to choose by`)}
${tile('Profile', html`<code>${opening.profile}</code>`, opening.study.profiles[opening.profile]?.description)}
${tile('When', moment(opening.startedAt), seconds === null ? 'not finished' : `to ${moment(finishedAt)}`)}
${tile('How long', seconds === null ? '–' : duration(seconds), `${plural(trained.length - stored, 'run')} trained for ${duration(inTraining)} together${stored > 0 ? `, ${stored} more from the store` : ''}`)}
${tile('On what', devices(record), undefined)}
</dl>`;
}

/** What was studied: each stage's question and answer, and the winners' accuracies. */
export async function overview(record: StudyRecord): Promise<Html> {
  const items = record.stages.map((stage, index) => {
    const best = stage.winner === null ? undefined : bestTrial(stage);
    const link = html`<a href="#${stageAnchor(index)}">${stage.name}</a>`;
    return answerItem(link, stage.question, headline(record, stage), best?.score);
  });
  for (const { kind, name, question } of missingStages(record)) {
    if (kind !== 'test') items.push(answerItem(name, question, 'Not run.', undefined));
  }
  const testStage = record.opening.study.stages.find(({ kind }) => kind === 'test');
  if (testStage) {
    const link = record.test ? html`<a href="#test">${testStage.name}</a>` : testStage.name;
    items.push(answerItem(link, testStage.question, testAnswer(record), record.test?.accuracy));
  }
  return html`<section id="overview" aria-labelledby="overview-title"><h2 id="overview-title">What was studied, and what came out</h2>
<ol class="answers">${items}</ol>
${await winnersFigure(record)}
${words}</section>
`;
}

// --- helpers ---

function tile(title: string, value: Content, small: string | null | undefined): Html {
  return html`<div><dt>${title}</dt><dd>${value}${small !== undefined && html`<span class="small">${small}</span>`}</dd></div>`;
}

function answerItem(stage: Content, question: string, answer: string, accuracy: number | undefined): Html {
  return html`<li><strong>${stage}</strong><em>${prose(question)}</em><span>${prose(answer)}</span><span class="number">${
    accuracy === undefined ? '' : percent(accuracy)
  }</span></li>
`;
}

function devices(record: StudyRecord): string {
  const names = allRuns(record).flatMap(({ trial: { environment } }) =>
    environment?.name ? [`${environment.kind ?? ''} ${environment.name}`.trim()] : [],
  );
  return [...new Set(names)].join('; ') || 'unknown';
}

async function winnersFigure(record: StudyRecord): Promise<Html | false> {
  const bars = record.stages.flatMap((stage) => {
    const best = stage.winner === null ? undefined : bestTrial(stage);
    return best
      ? [
          {
            name: `${stage.name}: ${best.name}`,
            value: best.score,
            text: percent(best.score),
            colour: seriesStyle(0).colour,
            pale: false,
          },
        ]
      : [];
  });
  if (bars.length < 2) return false;
  const label = `Best validation accuracy of each stage’s winner: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  return html`<div class="figures">${figure('The winners’ best validation accuracies', await drawBars(bars, label), { note: 'The numbers are in the list above.' })}</div>`;
}

const words = html`<details><summary>The words used here</summary><dl class="words">
<dt>Run, or trial</dt><dd>One training of one full configuration with one seed.</dd>
<dt>Score</dt><dd>The validation accuracy of a run’s best epoch: the first whose accuracy exceeds all before. Epochs count from 1.</dd>
<dt>In training mode</dt><dd>Beside a score: the validation accuracy of the same weights with dropout active, and with batch normalisation by each batch’s own values. Networks that have neither have none.</dd>
<dt>Winner</dt><dd>The run of a stage with the best score; of equals the earlier candidate, and first of all the run that the stage started from. Later stages take its configuration, never its weights.</dd>
<dt>Points</dt><dd>A difference of two accuracies in percent.</dd>
<dt>Near-tie</dt><dd>A lead smaller than the standard error of one accuracy measured on the validation images, 100·√(p(1−p)/n): one seed doesn’t tell the two apart.</dd>
<dt>Taken over</dt><dd>The run of an earlier winner, ranked beside the candidates that start from it.</dd>
<dt>From the store</dt><dd>Trained before, by this or another study, with the same configuration, data and seed; not trained again.</dd>
<dt>Loss</dt><dd>Cross-entropy, nats an image, the mean over the images.</dd>
</dl></details>`;
