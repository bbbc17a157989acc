import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { valueInWords } from '../../words/measure.ts';
import { answer } from '../answers/answer.ts';
import { takenOverInWords } from '../answers/hand-over.ts';
import { singleSeedsInWords } from '../answers/single-seeds.ts';
import { scoredCandidates } from '../facts/candidates.ts';
import { startStage, startTrial } from '../facts/study-facts.ts';
import { code, type Html, html, prose } from '../html/html.ts';
import { candidateNotes } from './candidate-notes.ts';
import { leaderboard } from './leaderboard.ts';
import { repeatBody } from './repeat-stage.ts';
import { searchCourse } from './search-course.ts';
import { searchFigures } from './search-stage.ts';
import { stageFigures } from './stage-figures.ts';
import { stoppingNote } from './stopping-note.ts';
import { variantBody } from './variant-stage.ts';

/** The anchor of a stage's section. */
export function stageAnchor(index: number): string {
  return `stage-${index + 1}`;
}

/** A stage: its question and answer, leaderboard and figures. */
export async function stageSection(record: StudyRecord, stage: StageRecord, index: number): Promise<Html> {
  const side = stage.kind === 'variant' || stage.kind === 'repeat';
  return html`<section id="${stageAnchor(index)}" aria-labelledby="${stageAnchor(index)}-title">
<h2 id="${stageAnchor(index)}-title">${index + 1}. ${stage.name}</h2>
<p class="question">${prose(stage.question)}</p>
<p class="answer">${prose(answer(record, stage))}</p>
${side ? html`<p class="quiet">A side experiment: its trials are not ranked.</p>` : startedFrom(record, stage)}
${await body(record, stage)}
</section>
`;
}

// --- helpers ---

async function body(record: StudyRecord, stage: StageRecord): Promise<Html> {
  switch (stage.kind) {
    case 'compare':
      return html`${leaderboard(record, stage)}${messages(stage)}${singleSeeds(record, stage)}${candidateNotes(record, stage)}${await stageFigures(record, stage)}`;
    case 'search':
      return html`${searchCourse(record, stage)}${leaderboard(record, stage)}${stoppingNote(record, stage)}${messages(stage)}${singleSeeds(record, stage)}${await searchFigures(record, stage)}<h3>Training</h3>${await stageFigures(record, stage)}`;
    case 'variant':
      return html`${await variantBody(record, stage)}${messages(stage)}`;
    case 'repeat':
      return html`${await repeatBody(record, stage)}${messages(stage)}`;
  }
}

function singleSeeds(record: StudyRecord, stage: StageRecord): Html | false {
  const text = singleSeedsInWords(record, stage);
  return text !== undefined && html`<p>${prose(text)}</p>`;
}

function startedFrom(record: StudyRecord, stage: StageRecord): Html {
  const start = startTrial(record, stage);
  return html`<p class="quiet">${prose(takenOverInWords(record, stage))} ${
    stage.start !== null && !start?.takenOver && scoresThere(record, startStage(record, stage))
  }</p>`;
}

/** The scores of the earlier stage, for a stage that doesn't rank its start. */
function scoresThere(record: StudyRecord, earlier: StageRecord | undefined): Html | false {
  const scored = earlier ? scoredCandidates(record, earlier) : [];
  return (
    scored.length > 1 &&
    html`For comparison, ${earlier?.name}: ${scored.map(
      ({ name, score, measure }, index) =>
        html`${index > 0 && ', '}${code(name)}\u00a0${valueInWords(score, measure)}`,
    )}.`
  );
}

function messages({ trials }: StageRecord): Html | false {
  const told = trials.filter(({ message }) => message);
  return (
    told.length > 0 &&
    html`<ul class="note">${told.map(({ name, message }) => html`<li>${code(name)}: ${message}</li>`)}</ul>`
  );
}
