import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, TrialRecord } from '../../study/record/record.ts';
import { count, duration, percent, signed } from '../../words/numbers.ts';
import { isReduced } from '../../words/settings.ts';
import { bestTrial } from '../facts/study-facts.ts';
import { seriesStyle } from '../figures/series.ts';
import { runName, scrolling, tag } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** A stage's trials, best first. */
export function leaderboard(stage: StageRecord): Html {
  const first = bestTrial(stage);
  const networks = new Set(stage.trials.filter(({ config }) => config).map(networkNote));
  const apart = networks.size > 1;
  const bothModes = stage.trials.some(({ scoreInTrainingMode }) => scoreInTrainingMode !== null);
  const rows = rank(stage.trials).map((trial, index) => {
    const wins = stage.winner !== null && trial === first;
    return html`<tr${wins && html` class="winner"`}>
<td class="number">${trial.score === null ? '–' : index + 1}</td>
<th scope="row">${runName(trial.name, seriesStyle(stage.trials.indexOf(trial)))} ${wins && tag('winner', 'win')}${trialTags(trial)}${apart && networkTag(trial)}</th>
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
    html`<table class="wide"><caption>Leaderboard by the validation accuracy of each run’s best epoch${!apart && [...networks].map((note) => note && `; every network is a ${note}`)}</caption>
<thead><tr><th scope="col" class="number">Rank</th><th scope="col">Run</th><th scope="col" class="number">Best val accuracy</th>${bothModes && html`<th scope="col" class="number">In training mode</th>`}<th scope="col" class="number">Behind, points</th><th scope="col" class="number">Best epoch</th><th scope="col" class="number">Epochs</th><th scope="col" class="number">Parameters</th><th scope="col" class="number">Training time</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  );
  return html`${table}${
    bothModes &&
    html`<p class="note">In training mode: the same weights on the same images with dropout active, and with batch normalisation by each batch’s own values, as where a network is never switched to evaluation. Nothing is ranked by it.</p>`
  }`;
}

/** What is out of the ordinary about a run, as tags. */
export function trialTags(trial: TrialRecord): Html[] {
  const { outcome, status, override } = trial;
  const tags: (Html | false)[] = [
    trial.takenOver && tag('taken over from the start'),
    trial.reused && !trial.takenOver && tag('from the store'),
    outcome === 'diverged' && tag('diverged', 'alert'),
    outcome === 'outOfMemory' && tag('out of memory', 'alert'),
    status === 'skipped' && tag('skipped', 'alert'),
    override !== null && tag(`changed by hand: ${describeOverride(override)}`, 'alert'),
  ];
  return tags.filter((entry) => entry !== false);
}

/** Wall time of a run's epochs; a dash where there was none. */
export function trainingTime({ trainingSeconds, lines }: TrialRecord): string {
  return trainingSeconds === null || lines.length === 0 ? '–' : duration(trainingSeconds);
}

// --- helpers ---

/** What keeps a network from being what its name says; empty where nothing does. */
function networkNote({ config }: TrialRecord): string {
  if (config?.network.kind !== 'resnet') return '';
  const { pretrained } = config.network;
  if (pretrained && !isReduced(config.network)) return '';
  const what = isReduced(config.network) ? 'reduced ResNet' : 'ResNet-50';
  return `${what} ${pretrained ? 'pretrained' : 'from scratch'}`;
}

function networkTag(trial: TrialRecord): Html | false {
  const note = networkNote(trial);
  return note !== '' && tag(note);
}

function epochs({ lines, config }: TrialRecord): string {
  const planned = config?.epochs;
  if (planned === undefined) return '–';
  return lines.length === planned ? String(planned) : `${lines.length} of ${planned}`;
}

function describeOverride(override: object): string {
  const changes = Object.entries(override).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return changes.join(', ') || 'settings';
}
