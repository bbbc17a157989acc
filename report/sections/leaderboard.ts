import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { count, duration, percent, plural, signed } from '../../words/numbers.ts';
import {
  endInWords,
  isBitIdentical,
  originInWords,
  overrideInWords,
  rankInWords,
  retrainedInWords,
} from '../../words/outcome.ts';
import { searchedSettings } from '../facts/searched-settings.ts';
import { bestTrial, standsInFor } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { scrolling, tag, trialName } from '../html/elements.ts';
import { type Html, html, prose } from '../html/html.ts';

/** A stage's trials, best first. What all of them have in common is in the caption instead of a column. */
export function leaderboard(record: StudyRecord, stage: StageRecord): Html {
  const first = bestTrial(stage);
  const styleOf = trialStyles(record);
  const notes = new Map(stage.trials.map((trial) => [trial, networkNotes(record, trial)]));
  const different = new Set([...notes.values()].map((texts) => texts.join())).size > 1;
  const fromStore = allFromStore(stage.trials);
  const { columns, inCommon } = columnsOf(record, stage);
  const rows = rank(stage.trials).map((trial, index) => {
    const wins = stage.winner !== null && trial === first;
    return html`<tr${wins && html` class="winner"`}>
<td class="number">${rankInWords(trial, index)}</td>
<th scope="row">${trialName(trial.name, styleOf(trial))} ${wins && tag('winner', 'win')}${trialTags(trial, fromStore)}${different && notes.get(trial)?.map((note) => tag(note))}</th>
${columns.map(({ cell }) => html`<td class="number">${prose(cell(trial))}</td>`)}
</tr>
`;
  });
  const caption = [
    'Leaderboard by the validation accuracy of each trial’s best epoch',
    ...(!different && first ? (notes.get(first) ?? []).map((note) => `all networks: ${note}`) : []),
    ...inCommon,
    ...(fromStore ? ['all results from the store'] : []),
  ];
  const table = scrolling(
    `Leaderboard of ${stage.name}`,
    html`<table class="wide"><caption>${caption.join('; ')}</caption>
<thead><tr><th scope="col" class="number">Rank</th><th scope="col">Trial</th>${columns.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
  return html`${table}${
    columns.some(({ title }) => title === IN_TRAINING_MODE) &&
    html`<p class="note">In training mode: the same weights on the same images, but with dropout active and with batch normalisation by each batch’s own statistics, as in a loop that never switches the network to evaluation mode. It doesn’t affect the ranking.</p>`
  }`;
}

/** Where a trial's result is from, how it ended and what was changed, unless that is as usual. */
export function trialTags(trial: TrialRecord, fromStoreIsUsual = false): Html[] {
  const origin = originInWords(trial);
  const override = overrideInWords(trial);
  const compared = retrainedInWords(trial);
  const differs = trial.retrained !== undefined && !isBitIdentical(trial.retrained);
  return [
    ...(origin && !(fromStoreIsUsual && !trial.takenOver) ? [tag(origin)] : []),
    ...(compared ? [differs ? tag(compared, 'alert') : tag(compared)] : []),
    ...endTags(trial),
    ...(override ? [tag(override, 'alert')] : []),
  ];
}

/** Whether the results of several trials were all in the store, apart from those that were taken over. */
export function allFromStore(trials: readonly TrialRecord[]): boolean {
  const own = trials.filter(({ takenOver }) => !takenOver);
  return own.length > 1 && own.every(({ reused }) => reused);
}

/** Wall time of a trial's epochs; a dash if it has none. */
export function trainingTime({ trainingSeconds, lines }: TrialRecord): string {
  return trainingSeconds === null || lines.length === 0 ? '–' : duration(trainingSeconds);
}

// --- helpers ---

/** Early stopping is as usual, other ends are not. */
function endTags(trial: TrialRecord): Html[] {
  if (trial.outcome === 'completed') return [];
  return [trial.status === 'stopped' ? tag(endInWords(trial)) : tag(endInWords(trial), 'alert')];
}

const IN_TRAINING_MODE = 'In training mode';

interface Column {
  title: string;
  cell: (trial: TrialRecord) => string;
  /** A phrase for the caption if all trials have the same, which this trial has. */
  inCommon?: (trial: TrialRecord) => string;
}

/** The columns in which trials differ. */
function columnsOf(record: StudyRecord, stage: StageRecord): { columns: Column[]; inCommon: string[] } {
  const first = bestTrial(stage);
  const all: Column[] = [
    { title: 'Best val accuracy', cell: ({ score }) => optional(score, percent) },
    { title: IN_TRAINING_MODE, cell: ({ scoreInTrainingMode }) => optional(scoreInTrainingMode, percent) },
    {
      title: 'Behind, points',
      cell: (trial) =>
        trial.score !== null && first && trial !== first ? signed(trial.score - first.score) : '–',
    },
    ...searchedSettings(record, stage)
      .filter(({ title }) => title !== 'epochs')
      .map(({ title, of }) => ({
        title: `${title[0]?.toUpperCase()}${title.slice(1)}`,
        cell: ({ config }: TrialRecord) => (config ? String(of(config)) : '–'),
      })),
    { title: 'Best epoch', cell: ({ bestEpoch }) => optional(bestEpoch, String) },
    {
      title: 'Epochs',
      cell: epochs,
      inCommon: ({ lines }) => `${plural(lines.length, 'epoch')} each`,
    },
    {
      title: 'Parameters',
      cell: ({ parameters }) => optional(parameters, count),
      inCommon: ({ parameters }) => `${optional(parameters, count)} parameters each`,
    },
    { title: 'Training time', cell: trainingTime },
  ];
  const columns: Column[] = [];
  const inCommon: string[] = [];
  for (const column of all) {
    const cells = stage.trials.map(column.cell);
    const same = cells.every((cell) => cell === cells[0]);
    const [any] = stage.trials;
    if (cells.every((cell) => cell === '–')) continue;
    if (same && any && stage.trials.length > 1 && column.inCommon) inCommon.push(column.inCommon(any));
    else columns.push(column);
  }
  return { columns, inCommon };
}

function optional(value: number | null, text: (value: number) => string): string {
  return value === null ? '–' : text(value);
}

/** What a trial's name doesn't say about its network. */
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
