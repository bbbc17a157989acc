import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { count, duration, percent, signed } from '../../words/numbers.ts';
import {
  endInWords,
  isBitIdentical,
  originInWords,
  overrideInWords,
  retrainedInWords,
} from '../../words/outcome.ts';
import { bestTrial, standsInFor } from '../facts/study-facts.ts';
import { seriesStyle } from '../figures/series.ts';
import { scrolling, tag, trialName } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** A stage's trials, best first. */
export function leaderboard(record: StudyRecord, stage: StageRecord): Html {
  const first = bestTrial(stage);
  const notes = new Map(stage.trials.map((trial) => [trial, networkNotes(record, trial)]));
  const different = new Set([...notes.values()].map((texts) => texts.join())).size > 1;
  const bothModes = stage.trials.some(({ scoreInTrainingMode }) => scoreInTrainingMode !== null);
  const rows = rank(stage.trials).map((trial, index) => {
    const wins = stage.winner !== null && trial === first;
    return html`<tr${wins && html` class="winner"`}>
<td class="number">${trial.score === null ? '–' : index + 1}</td>
<th scope="row">${trialName(trial.name, seriesStyle(stage.trials.indexOf(trial)))} ${wins && tag('winner', 'win')}${trialTags(trial)}${different && notes.get(trial)?.map((note) => tag(note))}</th>
<td class="number">${trial.score === null ? '–' : percent(trial.score)}</td>${
      bothModes &&
      html`
<td class="number">${trial.scoreInTrainingMode === null ? '–' : percent(trial.scoreInTrainingMode)}</td>`
    }
<td class="number">${trial.score !== null && first && trial !== first ? signed(trial.score - first.score) : ''}</td>
<td class="number">${trial.bestEpoch ?? '–'}</td>
<td class="number">${epochs(trial)}</td>
<td class="number">${trial.parameters === null ? '–' : count(trial.parameters)}</td>
<td class="number">${trainingTime(trial)}</td>
</tr>
`;
  });
  const table = scrolling(
    `Leaderboard of ${stage.name}`,
    html`<table class="wide"><caption>Leaderboard by the validation accuracy of each trial’s best epoch${!different && first && notes.get(first)?.map((note) => `; all networks: ${note}`)}</caption>
<thead><tr><th scope="col" class="number">Rank</th><th scope="col">Trial</th><th scope="col" class="number">Best val accuracy</th>${bothModes && html`<th scope="col" class="number">In training mode</th>`}<th scope="col" class="number">Behind, points</th><th scope="col" class="number">Best epoch</th><th scope="col" class="number">Epochs</th><th scope="col" class="number">Parameters</th><th scope="col" class="number">Training time</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  );
  return html`${table}${
    bothModes &&
    html`<p class="note">In training mode: the same weights on the same images, but with dropout active and with batch normalisation by each batch’s own statistics, as in a loop that never switches the network to evaluation mode. It doesn’t affect the ranking.</p>`
  }`;
}

/** Where a trial's result is from, how it ended and what was changed, unless that is as usual. */
export function trialTags(trial: TrialRecord): Html[] {
  const origin = originInWords(trial);
  const override = overrideInWords(trial);
  const compared = retrainedInWords(trial);
  const differs = trial.retrained !== undefined && !isBitIdentical(trial.retrained);
  return [
    ...(origin ? [tag(origin)] : []),
    ...(compared ? [differs ? tag(compared, 'alert') : tag(compared)] : []),
    ...(trial.outcome === 'completed' ? [] : [tag(endInWords(trial), 'alert')]),
    ...(override ? [tag(override, 'alert')] : []),
  ];
}

/** Wall time of a trial's epochs; a dash if it has none. */
export function trainingTime({ trainingSeconds, lines }: TrialRecord): string {
  return trainingSeconds === null || lines.length === 0 ? '–' : duration(trainingSeconds);
}

// --- helpers ---

/** What a trial's name doesn't tell about its network. */
function networkNotes(record: StudyRecord, { config }: TrialRecord): string[] {
  if (!config) return [];
  const original = standsInFor(record, config.network);
  return [
    ...(original ? [`stand-in for ${original.name}`] : []),
    ...(config.network.pretrained ? ['pretrained'] : []),
  ];
}

function epochs({ lines, config }: TrialRecord): string {
  const planned = config?.epochs;
  if (planned === undefined) return '–';
  return lines.length === planned ? String(planned) : `${lines.length} of ${planned}`;
}
