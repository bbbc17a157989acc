import { candidatesOf } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { meritOf, type OtherMeasure } from '../../study/trial/measure.ts';
import { valueInWords } from '../../words/measure.ts';
import { brief } from '../../words/numbers.ts';
import { isTakenOver, representative, scoredCandidates } from '../facts/candidates.ts';
import { type SearchedSetting, searchedSettings } from '../facts/searched-settings.ts';
import { rankedBy } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import type { Evaluation } from '../figures/evaluation.ts';
import { drawParallel } from '../figures/parallel.ts';
import { drawProgress, drawScores } from '../figures/search.ts';
import { figure, figures } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';
import { candidateCurves, curvesFigure, legendOf, metricsOf } from './stage-figures.ts';

/** How the score depends on each setting, and how a search found it. */
export async function searchFigures(record: StudyRecord, stage: StageRecord): Promise<Html | false> {
  const settings = searchedSettings(record, stage);
  const all = scoredEvaluations(record, stage, settings);
  if (all.length === 0 || settings.length === 0) return false;
  const measure = rankedBy(record);
  const evaluations = best(all, measure);
  const titles = settings.map(({ title }) => title);
  const label = (what: string) => `${what}, ${stage.name}: ${spoken(evaluations, titles, measure)}.`;
  const numeric = settings.findIndex((_, index) =>
    evaluations.some(({ values }) => typeof values[index] === 'number'),
  );
  const parts = [
    figure(
      'Settings and score',
      await drawParallel(evaluations, titles, measure, label('Settings and score')),
      {
        note: 'A line for each evaluation; the best is bold.',
      },
    ),
  ];
  const setting = settings[numeric];
  if (setting) {
    const what = `Score by ${setting.title}`;
    const place = { index: numeric, title: setting.title };
    parts.push(figure(what, await drawScores(evaluations, place, measure, label(what))));
  }
  parts.push(
    figure('Score by evaluation', await drawProgress(evaluations, measure, label('Score by evaluation')), {
      note: 'Dotted: the best so far.',
    }),
  );
  return html`<h3>Settings and scores</h3>
<p class="note">Evaluations are numbered in the order in which they were suggested, as at the ends of their names; “start” is the trial that was taken over. The numbers are in the leaderboard.${
    evaluations.length < all.length && ` The figures show the best ${evaluations.length} of ${all.length}.`
  }</p>
${figures(`Settings and scores of ${stage.name}`, parts)}${await startAndBest(record, stage)}`;
}

// --- helpers ---

/** More would make a figure neither readable nor small. */
const MOST_DRAWN = 200;
/** Evaluations that a screen reader reads. */
const MOST_SPOKEN = 40;

/** The start and the best evaluation, whichever of them is better. */
async function startAndBest(record: StudyRecord, stage: StageRecord): Promise<Html | false> {
  const scored = scoredCandidates(record, stage);
  const start = scored.find(isTakenOver);
  const first = scored.find((candidate) => !isTakenOver(candidate));
  const styleOf = trialStyles(record);
  const curves = [start, first].flatMap((each) =>
    each ? candidateCurves(each, styleOf(representative(each))) : [],
  );
  if (curves.length < 2) return false;
  const of = `${stage.name}, start and best evaluation`;
  const parts: Html[] = [];
  for (const metric of metricsOf(record))
    parts.push(await curvesFigure(record, curves, metric, of, legendOf(curves)));
  return html`<h3>The start and the best evaluation</h3>
${figures(`Figures of ${of}`, parts)}`;
}

/** As many as a figure can show, in their order. */
function best(evaluations: Evaluation[], measure: OtherMeasure | undefined): Evaluation[] {
  const merit = ({ score }: Evaluation) => meritOf(score, measure);
  const kept = new Set([...evaluations].sort((a, b) => merit(b) - merit(a)).slice(0, MOST_DRAWN));
  return evaluations.filter((each) => kept.has(each));
}

function spoken(
  evaluations: readonly Evaluation[],
  titles: readonly string[],
  measure: OtherMeasure | undefined,
): string {
  const texts = evaluations.slice(0, MOST_SPOKEN).map(({ tag, values, score }) => {
    const settings = titles.flatMap((title, axis) => {
      const value = values[axis];
      return value === undefined ? [] : [`${title} ${typeof value === 'number' ? brief(value) : value}`];
    });
    return `${tag}: ${settings.join(', ')}, ${valueInWords(score, measure)}`;
  });
  return texts.join('; ');
}

/** In the order of the suggestions, the start first. */
function scoredEvaluations(
  record: StudyRecord,
  stage: StageRecord,
  settings: readonly SearchedSetting[],
): Evaluation[] {
  const styleOf = trialStyles(record);
  let number = 0;
  return candidatesOf(stage.trials).flatMap((candidate) => {
    const tag = isTakenOver(candidate) ? 'start' : String(++number);
    const { name, score } = candidate;
    const first = representative(candidate);
    if (!first.config || score === null) return [];
    const values = settings.map(({ of }) => of(first));
    return [{ ...styleOf(first), name, tag, values, score, winner: name === stage.winner }];
  });
}
