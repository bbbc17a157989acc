import { isShare } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { measureName } from '../../words/measure.ts';
import { count } from '../../words/numbers.ts';
import {
  endInWords,
  isBitIdentical,
  originInWords,
  overrideInWords,
  rankInWords,
  retrainedInWords,
} from '../../words/outcome.ts';
import { type Candidate, hasRepeats, rankedCandidates, representative } from '../facts/candidates.ts';
import { exampleOf, rankedBy, stageDefinition, standsInFor } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { scrolling, tag, trialName } from '../html/elements.ts';
import { type Html, html, prose } from '../html/html.ts';
import { columnsOf, IN_TRAINING_MODE } from './leaderboard-columns.ts';

/** A stage's candidates, best first. What all of them have in common is in the caption instead of a column. */
export function leaderboard(record: StudyRecord, stage: StageRecord): Html {
  const all = rankedCandidates(record, stage);
  const candidates = all.slice(0, MOST_SHOWN);
  const styleOf = trialStyles(record);
  const notes = new Map(candidates.map((each) => [each, networkNotes(record, representative(each))]));
  const different = new Set([...notes.values()].map((texts) => texts.join())).size > 1;
  const fromStore = allFromStore(stage.trials);
  const { columns, inCommon } = columnsOf(record, stage);
  const rows = candidates.map((candidate, index) => {
    const wins = candidate.name === stage.winner && candidate.score !== null;
    return html`<tr${wins && html` class="winner"`}>
<td class="number">${rankInWords(candidate, index)}</td>
<th scope="row">${trialName(candidate.name, styleOf(representative(candidate)))} ${wins && tag('winner', 'win')}${candidateTags(candidate, fromStore)}${different && notes.get(candidate)?.map((note) => tag(note))}</th>
${columns.map(({ cell, isText }) => html`<td class="${isText ? 'number text' : 'number'}">${prose(cell(candidate))}</td>`)}
</tr>
`;
  });
  const [first] = candidates;
  const name = measureName(rankedBy(record));
  const caption = [
    hasRepeats(stage)
      ? `Leaderboard by the mean, over each candidate’s seeds, of the validation ${name} of its best epoch`
      : `Leaderboard by the validation ${name} of each trial’s best epoch`,
    ...(name === 'loss' ? ['the lowest is best'] : []),
    ...tieRuleInWords(record, stage),
    ...(!different && first ? (notes.get(first) ?? []).map((note) => `all networks: ${note}`) : []),
    ...inCommon,
    ...(fromStore ? ['all results from the store'] : []),
  ];
  const table = scrolling(
    `Leaderboard of ${stage.name}`,
    html`<table class="wide leaderboard"><caption>${caption.join('; ')}</caption>
<thead><tr><th scope="col" class="number">Rank</th><th scope="col">${hasRepeats(stage) ? 'Candidate' : 'Trial'}</th>${columns.map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
  return html`${table}${
    candidates.length < all.length &&
    html`<p class="note">The best ${candidates.length} of ${count(all.length)}; <code>record.json</code> has the others.</p>`
  }${
    columns.some(({ title }) => title === IN_TRAINING_MODE) &&
    html`<p class="note">In training mode: the same weights on the same ${exampleOf(record)}s, but with dropout active and with batch normalisation by each batch’s own statistics, as in a loop that never switches the network to evaluation mode. It doesn’t affect the ranking.</p>`
  }`;
}

/** More rows make a page slow. */
export const MOST_SHOWN = 100;

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

// --- helpers ---

/** Early stopping is as usual, other ends are not. */
function endTags(trial: TrialRecord): Html[] {
  if (trial.outcome === 'completed') return [];
  return [trial.status === 'stopped' ? tag(endInWords(trial)) : tag(endInWords(trial), 'alert')];
}

/** The tags of its runs, each once. */
function candidateTags({ runs }: Candidate, fromStoreIsUsual: boolean): Html[] {
  const tags = runs.flatMap((run) => trialTags(run, fromStoreIsUsual));
  return [...new Map(tags.map((each) => [each.source, each])).values()];
}

function tieRuleInWords(record: StudyRecord, stage: StageRecord): string[] {
  const definition = stageDefinition(record, stage.name);
  const ties = definition && 'ties' in definition ? definition.ties : undefined;
  if (!ties) return [];
  const preferred = {
    earlier: 'the earliest',
    parameters: 'the one with the fewest parameters',
    time: 'the fastest',
  }[ties];
  const known = hasRepeats(stage) || isShare(rankedBy(record));
  return [
    known
      ? `of those within one standard error of the best, ${preferred} wins`
      : `of equal ones, ${preferred} wins, since one run tells no standard error of ${measureName(rankedBy(record))}`,
  ];
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
