import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { percent } from '../../words/numbers.ts';
import { type SearchedSetting, searchedSettings } from '../facts/searched-settings.ts';
import { bestTrial } from '../facts/study-facts.ts';
import { drawParallel, drawProgress, drawScores, type Evaluation } from '../figures/search.ts';
import { seriesStyle } from '../figures/series.ts';
import { figure, scrolling, tag, trialName } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';
import { trialTags } from './leaderboard.ts';

/** A search's evaluations in order, and how the score depends on each setting. */
export async function searchFigures(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const settings = searchedSettings(record, stage);
  const evaluations = scoredEvaluations(stage, settings);
  const [first] = settings;
  if (evaluations.length === 0 || !first) return evaluationsTable(stage, settings);
  const titles = settings.map(({ title }) => title);
  const note = 'The numbers are in the table above.';
  const spoken = evaluations
    .map(
      ({ tag, values, score }) =>
        `${tag}: ${titles.map((title, axis) => `${title} ${values[axis]}`).join(', ')}, ${percent(score)}`,
    )
    .join('; ');
  const label = (what: string) => `${what}, ${stage.name}: ${spoken}.`;
  return html`${evaluationsTable(stage, settings)}<div class="figures">${[
    figure('Settings and score', await drawParallel(evaluations, titles, label('Settings and score')), {
      note: `A line for each evaluation; the best is bold. ${note}`,
    }),
    figure(
      `Score by ${first.title}`,
      await drawScores(evaluations, first.title, label(`Score by ${first.title}`)),
      { note },
    ),
    figure('Score by evaluation', await drawProgress(evaluations, label('Score by evaluation')), {
      note: `Dotted: the best so far. ${note}`,
    }),
  ]}</div>`;
}

// --- helpers ---

/** A search's trials are numbered in the order in which they were suggested. */
function evaluationTag(stage: StageRecord, trial: TrialRecord): string {
  if (trial.takenOver) return 'start';
  return String(stage.trials.filter(({ takenOver }) => !takenOver).indexOf(trial) + 1);
}

function scoredEvaluations(stage: StageRecord, settings: readonly SearchedSetting[]): Evaluation[] {
  const best = bestTrial(stage);
  return stage.trials.flatMap((trial, index) => {
    const { name, config, score } = trial;
    if (!config || score === null) return [];
    const values = settings.map(({ of }) => of(config));
    const tag = evaluationTag(stage, trial);
    return [{ ...seriesStyle(index), name, tag, values, score, winner: trial === best }];
  });
}

function evaluationsTable(stage: StageRecord, settings: readonly SearchedSetting[]): Html {
  const best = bestTrial(stage);
  const rows = stage.trials.map((trial, index) => {
    const { config, score, bestEpoch } = trial;
    return html`<tr${trial === best && html` class="winner"`}><td class="number">${evaluationTag(stage, trial)}</td>
<th scope="row">${trialName(trial.name, seriesStyle(index))} ${trial === best && tag('best', 'win')}${score === null && trialTags(trial)}</th>
${settings.map(({ of }) => html`<td class="number">${config ? of(config) : '–'}</td>`)}<td class="number">${score === null ? '–' : percent(score)}</td><td class="number">${bestEpoch ?? '–'}</td></tr>
`;
  });
  return html`<h3>Evaluations in order</h3>${scrolling(
    `Evaluations of ${stage.name}`,
    html`<table class="wide"><caption>Evaluations, with epochs as this profile scales them</caption><thead><tr><th scope="col" class="number">No.</th><th scope="col">Trial</th>${settings.map(
      ({ title }) => html`<th scope="col" class="number">${title[0]?.toUpperCase()}${title.slice(1)}</th>`,
    )}<th scope="col" class="number">Best val accuracy</th><th scope="col" class="number">Best epoch</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}`;
}
