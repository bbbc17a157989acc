import { candidateOf } from '../../study/plan/ranking.ts';
import { inBrief } from '../../study/record/comparison-record.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { measuredBy, meritOf } from '../../study/trial/measure.ts';
import { differenceInWords, scoreInWords } from '../../words/measure.ts';
import { list, percent, plural, points } from '../../words/numbers.ts';
import { meanInWords } from '../../words/outcome.ts';
import { evidenceInWords, verdictInWords } from '../../words/verdict.ts';
import { isTakenOver, representative, type ScoredCandidate, scoredCandidates } from '../facts/candidates.ts';
import { ownTrials } from '../facts/hand-over.ts';
import { searchedSettings } from '../facts/searched-settings.ts';
import {
  exampleOf,
  imagesUsed,
  rankedBy,
  standardError,
  startStage,
  startTrial,
} from '../facts/study-facts.ts';
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
      `Not decided. So far, \`${first.name}\` is best with ${scoreInWords(first.score, first.measure)}.`,
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
    verdictOf(record, stage, first),
    ruleInWords(record, stage, first),
    // If the start is second, the lead says it.
    !(isTakenOver(second) && meritAhead(first, second) > 0) && againstStart(record, stage, first),
    last !== undefined &&
      !isTakenOver(last) &&
      `From first to last, the scores span ${differenceInWords(first.score - last.score, first.measure)}, ${first.measure === 'loss' ? 'up' : 'down'} to \`${last.name}\` with ${scoreInWords(last.score, last.measure)}.`,
    exceptions(stage),
  ];
}

/** A stage's verdict in a few words; undefined if its record has none. */
export function verdictInShort({ verdict }: StageRecord): string | undefined {
  if (!verdict) return undefined;
  const { kind, closest, measure } = inBrief(verdict);
  const by = `${differenceInWords(closest.difference, measure)} ahead of \`${closest.name}\`, ${evidenceInWords(closest, measure)}`;
  const texts: Record<typeof kind, string> = {
    clear: `Clear: ${by}.`,
    likely: `Likely: ${by}.`,
    'runs differ': `With one seed, the runs differ: ${by}.`,
    'not told apart': `Not told apart: ${by}.`,
  };
  return texts[kind];
}

// --- helpers ---

/** How much better one candidate is than another: more than 0 if it is. */
function meritAhead(one: ScoredCandidate, other: ScoredCandidate): number {
  return meritOf(one.score, one.measure) - meritOf(other.score, other.measure);
}

function lead(
  record: StudyRecord,
  stage: StageRecord,
  first: ScoredCandidate,
  second: ScoredCandidate,
): string {
  const drawn = isTakenOver(first) ? '' : drawnSettings(record, stage, first);
  const ahead = meritAhead(first, second);
  if (ahead === 0) {
    const tied = scoredCandidates(record, stage).filter(({ score }) => score === first.score);
    const kept = isTakenOver(first) ? 'the start wins ties' : 'the earliest candidate wins ties';
    return `${list(tied.map(({ name }) => `\`${name}\``))} tie at ${scoreInWords(first.score, first.measure)}; ${kept}: \`${first.name}\`${drawn}.`;
  }
  // Only records of earlier versions lack a verdict, and those rank by accuracy.
  if (stage.verdict || first.measure) return `\`${first.name}\`${drawn} wins with ${reached(first)}.`;
  const { validation } = imagesUsed(record);
  const error = standardError(first.score, validation);
  const start = isTakenOver(second) ? 'the start, ' : '';
  const by = `${points(ahead)} ahead of ${start}\`${second.name}\` (${percent(second.score)})`;
  if (ahead < error) {
    return (
      `A near-tie: \`${first.name}\`${drawn} has ${reached(first)}, only ${by}; the standard error of an accuracy on ` +
      `${plural(validation, `validation ${exampleOf(record)}`)} is ${points(error)}.`
    );
  }
  return `\`${first.name}\`${drawn} wins with ${reached(first)}, ${by}.`;
}

function verdictOf(record: StudyRecord, { verdict }: StageRecord, first: ScoredCandidate): string | false {
  if (!verdict) return false;
  const naming = { named: (name: string) => `\`${name}\``, example: exampleOf(record) };
  return verdictInWords(first.name, inBrief(verdict), naming);
}

/** A sentence if the winner has not the best score: a rule for ties preferred it. */
function ruleInWords(record: StudyRecord, stage: StageRecord, first: ScoredCandidate): string | false {
  const best = scoredCandidates(record, stage).reduce((a, b) => (meritAhead(b, a) > 0 ? b : a));
  return (
    meritAhead(best, first) > 0 &&
    `\`${best.name}\` has ${best.measure === 'loss' ? 'less' : 'more'}, ${scoreInWords(best.score, best.measure)}, but the two are within one standard error, and the stage’s rule for ties prefers the winner.`
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
  const measure = rankedBy(record);
  return `That is ${differenceInWords(change, measure)} ${where} ${what}, \`${start.name}\` (${scoreInWords(start.score, measure)}).`;
}

function drawnSettings(record: StudyRecord, stage: StageRecord, candidate: ScoredCandidate): string {
  if (stage.kind !== 'search') return '';
  const trial = representative(candidate);
  const texts = searchedSettings(record, stage).flatMap(({ text }) => text(trial) ?? []);
  return texts.length > 0 ? ` (${texts.join(', ')})` : '';
}

/** `71.20 % at epoch 42`; over several runs their mean and deviation. */
function reached(candidate: ScoredCandidate): string {
  const { score, deviation, runs, counted, measure } = candidate;
  if (runs.length > 1)
    return meanInWords({ score, deviation, runs: counted.length, ...measuredBy(measure) }, runs.length);
  const { bestEpoch } = representative(candidate);
  return `${scoreInWords(score, measure)}${bestEpoch === null ? '' : ` at epoch ${bestEpoch}`}`;
}
