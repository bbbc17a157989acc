import { candidateOf } from '../../study/plan/ranking.ts';
import { inBrief } from '../../study/record/comparison-record.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { list, percent, plural, points } from '../../words/numbers.ts';
import { meanInWords } from '../../words/outcome.ts';
import { pInWords, verdictInWords } from '../../words/verdict.ts';
import { isTakenOver, representative, type ScoredCandidate, scoredCandidates } from '../facts/candidates.ts';
import { ownTrials } from '../facts/hand-over.ts';
import { searchedSettings } from '../facts/searched-settings.ts';
import { imagesUsed, standardError, startStage, startTrial } from '../facts/study-facts.ts';
import { exceptions } from './exceptions.ts';

/**
 * Who wins a stage, by how much, whether that is more than chance, and how it compares with the stage's start; the headline
 * first.
 *
 * A record without a verdict is from an earlier version. Its lead is called a near-tie if it is below the standard error of an
 * accuracy on the validation images.
 */
export function rankedAnswer(
  record: StudyRecord,
  stage: StageRecord,
): [headline: string, ...(string | false)[]] {
  const [first, second, ...rest] = scoredCandidates(record, stage);
  if (!first) return ['No answer: no trial of this stage has a score.', exceptions(stage)];
  if (stage.winner === null) {
    return [
      `Not decided. So far, \`${first.name}\` is best with ${percent(first.score)}.`,
      exceptions(stage),
    ];
  }
  if (!second) {
    const alone = stage.trials.length === 1 ? 'was the only candidate' : 'is the only one with a score';
    return [
      `\`${first.name}\` ${alone}: ${reached(first)}.`,
      againstStart(record, stage, first),
      exceptions(stage),
    ];
  }
  const last = rest.at(-1);
  return [
    lead(record, stage, first, second),
    verdictOf(stage, first),
    ruleInWords(record, stage, first),
    // If the start is second, the lead says it.
    !(isTakenOver(second) && first.score > second.score) && againstStart(record, stage, first),
    last !== undefined &&
      !isTakenOver(last) &&
      `From first to last, the scores span ${points(first.score - last.score)}, down to \`${last.name}\` with ${percent(last.score)}.`,
    exceptions(stage),
  ];
}

/** A stage's verdict in a few words; undefined if its record has none. */
export function verdictInShort({ verdict }: StageRecord): string | undefined {
  if (!verdict) return undefined;
  const { kind, closest } = inBrief(verdict);
  const by = `${points(closest.difference)} ahead of \`${closest.name}\`, ${pInWords(closest.p)}`;
  const texts: Record<typeof kind, string> = {
    clear: `Clear: ${by}.`,
    likely: `Likely: ${by}.`,
    'runs differ': `With one seed, the runs differ: ${by}.`,
    'not told apart': `Not told apart: ${by}.`,
  };
  return texts[kind];
}

// --- helpers ---

function lead(
  record: StudyRecord,
  stage: StageRecord,
  first: ScoredCandidate,
  second: ScoredCandidate,
): string {
  const drawn = isTakenOver(first) ? '' : drawnSettings(record, stage, first);
  const ahead = first.score - second.score;
  if (ahead === 0) {
    const tied = scoredCandidates(record, stage).filter(({ score }) => score === first.score);
    const kept = isTakenOver(first) ? 'the start wins ties' : 'the earliest candidate wins ties';
    return `${list(tied.map(({ name }) => `\`${name}\``))} tie at ${percent(first.score)}; ${kept}: \`${first.name}\`${drawn}.`;
  }
  if (stage.verdict) return `\`${first.name}\`${drawn} wins with ${reached(first)}.`;
  const { validation } = imagesUsed(record);
  const error = standardError(first.score, validation);
  const start = isTakenOver(second) ? 'the start, ' : '';
  const by = `${points(ahead)} ahead of ${start}\`${second.name}\` (${percent(second.score)})`;
  if (ahead < error) {
    return (
      `A near-tie: \`${first.name}\`${drawn} has ${reached(first)}, only ${by}; the standard error of an accuracy on ` +
      `${plural(validation, 'validation image')} is ${points(error)}.`
    );
  }
  return `\`${first.name}\`${drawn} wins with ${reached(first)}, ${by}.`;
}

function verdictOf({ verdict }: StageRecord, first: ScoredCandidate): string | false {
  return verdict != null && verdictInWords(first.name, inBrief(verdict), (name) => `\`${name}\``);
}

/** A sentence if the winner has not the best score: a rule for ties preferred it. */
function ruleInWords(record: StudyRecord, stage: StageRecord, first: ScoredCandidate): string | false {
  const best = scoredCandidates(record, stage).reduce((a, b) => (b.score > a.score ? b : a));
  return (
    best.score > first.score &&
    `\`${best.name}\` has more, ${percent(best.score)}, but the two are within one standard error, and the stage’s rule for ties prefers the winner.`
  );
}

function againstStart(record: StudyRecord, stage: StageRecord, first: ScoredCandidate): string | false {
  const start = scoredCandidates(record, stage).find(isTakenOver) ?? startTrial(record, stage);
  if (!start || start.score === null) return false;
  if (stage.trials.some(({ takenOver }) => takenOver) && isTakenOver(first)) {
    const others = new Set(ownTrials(stage).map(candidateOf));
    const what = stage.kind === 'search' ? 'evaluation' : 'candidate';
    const none = others.size === 1 ? `The only ${what} did not` : `None of the ${plural(others.size, what)}`;
    return others.size > 0 && `${none} beat the start, so its configuration stays.`;
  }
  const change = first.score - start.score;
  const isRanked = stage.trials.some(({ takenOver }) => takenOver);
  const what = isRanked ? 'the start' : `the winner of \`${startStage(record, stage)?.name ?? ''}\``;
  if (change === 0) return `That equals ${what}, \`${start.name}\`.`;
  const where = change > 0 ? 'above' : 'below';
  return `That is ${points(change)} ${where} ${what}, \`${start.name}\` (${percent(start.score)}).`;
}

function drawnSettings(record: StudyRecord, stage: StageRecord, candidate: ScoredCandidate): string {
  if (stage.kind !== 'search') return '';
  const trial = representative(candidate);
  const texts = searchedSettings(record, stage).flatMap(({ text }) => text(trial) ?? []);
  return texts.length > 0 ? ` (${texts.join(', ')})` : '';
}

/** `71.20 % at epoch 42`; over several runs their mean and deviation. */
function reached(candidate: ScoredCandidate): string {
  const { score, deviation, runs, counted } = candidate;
  if (runs.length > 1) return meanInWords({ score, deviation, runs: counted.length }, runs.length);
  const { bestEpoch } = representative(candidate);
  return `${percent(score)}${bestEpoch === null ? '' : ` at epoch ${bestEpoch}`}`;
}
