import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { brief, percent } from '../../words/numbers.ts';
import { type SearchedSetting, searchedSettings } from '../facts/searched-settings.ts';
import { ownTrials } from '../facts/hand-over.ts';
import { bestTrial } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawParallel, drawProgress, drawScores, type Evaluation } from '../figures/search.ts';
import { figure, figures } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';
import { asCurve, curvesFigure, legendOf } from './stage-figures.ts';

/** How the score depends on each setting, and how a search found it. */
export async function searchFigures(record: StudyRecord, stage: StageRecord): Promise<Html | false> {
  const settings = searchedSettings(record, stage);
  const evaluations = scoredEvaluations(record, stage, settings);
  const [first] = settings;
  if (evaluations.length === 0 || !first) return false;
  const titles = settings.map(({ title }) => title);
  const spoken = evaluations
    .map(
      ({ tag, values, score }) =>
        `${tag}: ${titles.map((title, axis) => `${title} ${brief(values[axis] ?? 0)}`).join(', ')}, ${percent(score)}`,
    )
    .join('; ');
  const label = (what: string) => `${what}, ${stage.name}: ${spoken}.`;
  return html`<h3>Settings and scores</h3>
<p class="note">Evaluations are numbered in the order in which they were suggested, as at the ends of their names; “start” is the trial that was taken over. The numbers are in the leaderboard.</p>
${figures(`Settings and scores of ${stage.name}`, [
  figure('Settings and score', await drawParallel(evaluations, titles, label('Settings and score')), {
    note: 'A line for each evaluation; the best is bold.',
  }),
  figure(
    `Score by ${first.title}`,
    await drawScores(evaluations, first.title, label(`Score by ${first.title}`)),
  ),
  figure('Score by evaluation', await drawProgress(evaluations, label('Score by evaluation')), {
    note: 'Dotted: the best so far.',
  }),
])}${await startAndBest(record, stage)}`;
}

// --- helpers ---

/** The start and the best evaluation, whichever of them is better. */
async function startAndBest(record: StudyRecord, stage: StageRecord): Promise<Html | false> {
  const start = stage.trials.find(({ takenOver }) => takenOver);
  const best = rank(ownTrials(stage)).find(({ score }) => score !== null);
  if (!start || !best || start.lines.length === 0) return false;
  const styleOf = trialStyles(record);
  const curves = [start, best].map((trial) => asCurve(trial, styleOf(trial)));
  const of = `${stage.name}, start and best evaluation`;
  return html`<h3>The start and the best evaluation</h3>
${figures(`Figures of ${of}`, [
  await curvesFigure(curves, 'accuracy', of, legendOf(curves)),
  await curvesFigure(curves, 'loss', of, legendOf(curves)),
])}`;
}

function evaluationTag(stage: StageRecord, trial: TrialRecord): string {
  if (trial.takenOver) return 'start';
  return String(stage.trials.filter(({ takenOver }) => !takenOver).indexOf(trial) + 1);
}

function scoredEvaluations(
  record: StudyRecord,
  stage: StageRecord,
  settings: readonly SearchedSetting[],
): Evaluation[] {
  const best = bestTrial(stage);
  const styleOf = trialStyles(record);
  return stage.trials.flatMap((trial) => {
    const { name, config, score } = trial;
    if (!config || score === null) return [];
    const values = settings.map(({ of }) => of(config));
    const tag = evaluationTag(stage, trial);
    return [{ ...styleOf(trial), name, tag, values, score, winner: trial === best }];
  });
}
