import type { StageRecord, StudyRecord, TestRecord } from '../../study/record/record.ts';
import { type TrainingTime, trainingTime } from '../../study/record/training-time.ts';
import type { OtherMeasure } from '../../study/trial/measure.ts';
import { datasetInBrief } from '../../words/dataset.ts';
import { differenceInWords, measureName, valueInWords } from '../../words/measure.ts';
import { count, duration, moment, plural, secondsBetween } from '../../words/numbers.ts';
import { trainingTimeInWords } from '../../words/training-time.ts';
import { intervalInWords } from '../../words/verdict.ts';
import { headline } from '../answers/answer.ts';
import { testAnswer, testedRuns, testScore } from '../answers/test-answer.ts';
import { rankedCandidates, representative } from '../facts/candidates.ts';
import {
  allTrials,
  bestTrial,
  exampleOf,
  imagesUsed,
  lastDecided,
  missingStages,
  rankedBy,
} from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawBars } from '../figures/bars.ts';
import { figure, figures } from '../html/elements.ts';
import { type Content, code, type Html, html, prose } from '../html/html.ts';
import { glossary } from './glossary.ts';
import { handOverTable } from './hand-over-table.ts';
import { stageAnchor } from './stage-section.ts';

/** The study in a few facts. */
export function summaryTiles(record: StudyRecord): Html {
  const { opening, finishedAt, test } = record;
  const decided = lastDecided(record);
  const seconds = secondsBetween(opening.startedAt, finishedAt);
  const stored = allTrials(record).filter(({ trial }) => trial.reused).length;
  const images = imagesUsed(record);
  const example = exampleOf(record);
  const measure = rankedBy(record);
  const name = measureName(measure);
  return html`<dl class="tiles">
${tile(missingStages(record).length === 0 ? 'Winner' : 'Winner so far', decided ? code(decided.trial.name) : 'none yet', decided && `of stage ${decided.stage.name}`)}
${tile(`Validation ${name}`, decided ? html`<span class="big">${valueInWords(decided.trial.score, measure)}</span>` : '–', decided && `${scoreOver(record, decided.stage)}, ${plural(images.validation, example)}`)}
${tile(`Test ${name}`, test ? html`<span class="big">${valueInWords(testScore(test), measure)}</span>` : 'not tested', test && testTile(record, test))}
${tile('Data', datasetInBrief(opening.dataset.origin), `${count(images.training)} training ${example}s, ${count(images.validation)} validation ${example}s`)}
${tile('Profile', html`<code>${opening.profile}</code>`, opening.study.profiles[opening.profile]?.description)}
${tile('Started', moment(opening.startedAt), seconds === null ? 'not finished' : `finished ${moment(finishedAt)}`)}
${tile('Duration', seconds === null ? '–' : duration(seconds), trainedInWords(trainingTime(record), stored))}
${tile('Device', devices(record), undefined)}
</dl>`;
}

/** Each stage's question and answer, and the winners' accuracies. */
export async function overview(record: StudyRecord): Promise<Html> {
  const items = record.stages.map((stage, index) => {
    const best = stage.winner === null ? undefined : bestTrial(stage);
    const link = html`<a href="#${stageAnchor(index)}">${stage.name}</a>`;
    return answerItem(link, stage.question, headline(record, stage), best?.score, rankedBy(record));
  });
  for (const { kind, name, question } of missingStages(record)) {
    if (kind !== 'test') items.push(answerItem(name, question, 'Not run.', undefined, undefined));
  }
  const testStage = record.opening.study.stages.find(({ kind }) => kind === 'test');
  if (testStage) {
    const link = record.test ? html`<a href="#test">${testStage.name}</a>` : testStage.name;
    items.push(
      answerItem(
        link,
        testStage.question,
        testAnswer(record),
        record.test ? testScore(record.test) : undefined,
        rankedBy(record),
      ),
    );
  }
  return html`<section id="overview" aria-labelledby="overview-title"><h2 id="overview-title">Questions and answers</h2>
<ol class="answers">${items}</ol>
${await winnersFigure(record)}
${handOverTable(record)}
${glossary(record)}</section>
`;
}

// --- helpers ---

function trainedInWords(time: TrainingTime | undefined, stored: number): string {
  if (!time)
    return stored === 0 ? 'nothing trained' : `nothing trained: ${plural(stored, 'result')} from the store`;
  return `${plural(time.trials, 'trial')} trained for ${trainingTimeInWords(time)}${stored > 0 ? `; ${stored} from the store` : ''}`;
}

/** What the winner's score is of: an epoch, or several runs. */
function scoreOver(record: StudyRecord, stage: StageRecord): string {
  const winner = rankedCandidates(record, stage).find(({ name }) => name === stage.winner);
  if (!winner) return '';
  const { counted, deviation } = winner;
  if (deviation === null) return `best epoch ${representative(winner).bestEpoch}`;
  const spread = differenceInWords(deviation, winner.measure);
  return `mean of ${plural(counted.length, 'seed')}, deviation ${spread}`;
}

function testTile(record: StudyRecord, test: TestRecord): string {
  const { runs, mean } = testedRuns(test);
  const { measure } = test;
  const [first] = runs;
  const interval = measure ? (runs.length === 1 ? first?.scoreInterval : undefined) : mean.interval;
  const seeds = runs.length > 1 ? `mean of ${plural(runs.length, 'seed')}, ` : '';
  const images = plural(test.images, exampleOf(record));
  return `${seeds}${images}${interval ? `, ${intervalInWords(interval, measure)}` : ''}`;
}

function tile(title: string, value: Content, small: string | null | undefined): Html {
  return html`<div><dt>${title}</dt><dd>${value}${small !== undefined && html`<span class="small">${small}</span>`}</dd></div>`;
}

function answerItem(
  stage: Content,
  question: string,
  answer: string,
  score: number | undefined,
  measure: OtherMeasure | undefined,
): Html {
  return html`<li><strong>${stage}</strong><em>${prose(question)}</em><span>${prose(answer)}</span><span class="number">${
    score === undefined ? '' : valueInWords(score, measure)
  }</span></li>
`;
}

function devices(record: StudyRecord): string {
  const names = allTrials(record).flatMap(({ trial: { environment } }) =>
    environment?.name ? [`${environment.kind ?? ''} ${environment.name}`.trim()] : [],
  );
  return [...new Set(names)].join('; ') || 'unknown';
}

async function winnersFigure(record: StudyRecord): Promise<Html | false> {
  const measure = rankedBy(record);
  const name = measureName(measure);
  const styleOf = trialStyles(record);
  const bars = record.stages.flatMap((stage) => {
    const best = stage.winner === null ? undefined : bestTrial(stage);
    return best
      ? [
          {
            name: `${stage.name}: ${best.name}`,
            value: best.score,
            text: valueInWords(best.score, measure),
            colour: styleOf(best).colour,
            winner: false,
          },
        ]
      : [];
  });
  if (bars.length < 2) return false;
  const label = `Best validation ${name} of each stage’s winner: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}.`;
  return figures('Winners', [figure(`Best validation ${name} of each winner`, await drawBars(bars, label))]);
}
