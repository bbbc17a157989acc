import { type RankedCandidate, rankCandidates } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { mean } from '../../study/statistics/moments.ts';
import { digitsInWords, scoreInWords } from '../../words/measure.ts';
import { imagesUsed, stageDefinition } from './study-facts.ts';

/** A candidate with its runs, one for each seed; most have one. */
export type Candidate = RankedCandidate<TrialRecord>;
export type ScoredCandidate = Candidate & { score: number };

/** A stage's candidates, best first by its rule for ties; those of a side experiment by their scores. */
export function rankedCandidates(record: StudyRecord, stage: StageRecord): Candidate[] {
  const definition = stageDefinition(record, stage.name);
  const rule = definition && 'ties' in definition ? definition.ties : undefined;
  return rankCandidates(stage.trials, rule && { rule, images: imagesUsed(record).validation });
}

/** Those that have a score. */
export function scoredCandidates(record: StudyRecord, stage: StageRecord): ScoredCandidate[] {
  return rankedCandidates(record, stage).filter((each): each is ScoredCandidate => each.score !== null);
}

/** The run that stands for a candidate where one must: the first that counts, or else the first. */
export function representative({ counted, runs }: Candidate): TrialRecord {
  return (counted[0] ?? runs[0]) as TrialRecord;
}

/** `71.20 %`, or over several seeds `71.20 % ± 0.40`: their mean and standard deviation. */
export function scoreInBrief({
  score,
  deviation,
  measure,
}: Pick<ScoredCandidate, 'score' | 'deviation' | 'measure'>): string {
  const spread = deviation === null ? '' : ` ± ${digitsInWords(deviation, measure)}`;
  return `${scoreInWords(score, measure)}${spread}`;
}

/** Whether a candidate is the winner that its stage started from. */
export function isTakenOver({ runs }: Candidate): boolean {
  return runs.some(({ takenOver }) => takenOver);
}

/** Whether any of a stage's candidates has several runs. */
export function hasRepeats({ trials }: StageRecord): boolean {
  return trials.some(({ candidate }) => candidate !== undefined);
}

/** The mean of what is known of several runs; null if nothing is. */
export function meanKnown<T>(runs: readonly T[], of: (run: T) => number | null): number | null {
  const values = runs.map(of).filter((value) => value !== null);
  return values.length === 0 ? null : mean(values);
}
