import { figure, runName, scrolling, tag } from './elements.ts';
import { drawParallel, drawProgress, drawRates, type Evaluation } from './figures/search.ts';
import { seriesStyle } from './figures/series.ts';
import { percent } from './format.ts';
import { type Html, html } from './html.ts';
import { trialTags } from './leaderboard.ts';
import type { StageRecord, TrialRecord } from './record-type.ts';
import { bestTrial } from './study-facts.ts';

/** What a search tried, in order, and how the score hangs on each setting. */
export async function searchFigures(stage: StageRecord): Promise<Html> {
  const evaluations = scoredEvaluations(stage);
  if (evaluations.length === 0) return tried(stage);
  const label = (what: string) =>
    `${what}, ${stage.name}: ${evaluations.map(({ tag, learningRate, batchSize, epochs, score }) => `${tag}: learning rate ${learningRate}, batch ${batchSize}, ${epochs} epochs, ${percent(score)}`).join('; ')}.`;
  const note = 'The numbers are in the table above.';
  return html`${tried(stage)}<div class="figures">${[
    figure('Settings and score', await drawParallel(evaluations, label('Settings and score')), {
      note: `A line for each evaluation; the best is bold. ${note}`,
    }),
    figure('Score by learning rate', await drawRates(evaluations, label('Score by learning rate')), { note }),
    figure('Score by evaluation', await drawProgress(evaluations, label('Score by evaluation')), {
      note: `Dotted: the best so far. ${note}`,
    }),
  ]}</div>`;
}

// --- helpers ---

/** Names of a search's settings are numbered in the order in which they were suggested. */
function evaluationTag(stage: StageRecord, trial: TrialRecord): string {
  if (trial.takenOver) return 'start';
  return String(stage.trials.filter(({ takenOver }) => !takenOver).indexOf(trial) + 1);
}

function scoredEvaluations(stage: StageRecord): Evaluation[] {
  const best = bestTrial(stage);
  return stage.trials.flatMap((trial, index) => {
    const { name, config, score } = trial;
    if (!config || score === null) return [];
    const { learningRate, batchSize, epochs } = config;
    return [
      {
        ...seriesStyle(index),
        name,
        tag: evaluationTag(stage, trial),
        learningRate,
        batchSize,
        epochs,
        score,
        winner: trial === best,
      },
    ];
  });
}

function tried(stage: StageRecord): Html {
  const best = bestTrial(stage);
  const rows = stage.trials.map((trial, index) => {
    const { config, score, bestEpoch } = trial;
    return html`<tr${trial === best && html` class="winner"`}><td class="number">${evaluationTag(stage, trial)}</td>
<th scope="row">${runName(trial.name, seriesStyle(index))} ${trial === best && tag('best', 'win')}${score === null && trialTags(trial)}</th>
<td class="number">${config ? String(config.learningRate) : '–'}</td><td class="number">${config?.batchSize ?? '–'}</td><td class="number">${config?.epochs ?? '–'}</td>
<td class="number">${score === null ? '–' : percent(score)}</td><td class="number">${bestEpoch ?? '–'}</td></tr>
`;
  });
  return html`<h3>What was tried, in order</h3>${scrolling(
    `Evaluations of ${stage.name}`,
    html`<table class="wide"><caption>Evaluations; epochs as run in this profile</caption><thead><tr><th scope="col" class="number">No.</th><th scope="col">Run</th><th scope="col" class="number">Learning rate</th><th scope="col" class="number">Batch size</th><th scope="col" class="number">Epochs</th><th scope="col" class="number">Best val accuracy</th><th scope="col" class="number">Best epoch</th></tr></thead><tbody>${rows}</tbody></table>`,
  )}`;
}
