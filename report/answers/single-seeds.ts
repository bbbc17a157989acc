import { rank } from '../../study/plan/winner.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { measuredBy } from '../../study/trial/measure.ts';
import { differenceInWords, scoreInWords } from '../../words/measure.ts';
import { list } from '../../words/numbers.ts';
import { scoredCandidates } from '../facts/candidates.ts';

/**
 * Who would have won a stage with each seed alone: what a study without repeats would have said.
 *
 * @returns undefined unless at least two candidates have several runs.
 */
export function singleSeedsInWords(record: StudyRecord, stage: StageRecord): string | undefined {
  const repeated = scoredCandidates(record, stage).filter(({ counted }) => counted.length > 1);
  if (repeated.length < 2) return undefined;
  const seeds = [...new Set(repeated.flatMap(({ counted }) => counted.flatMap(({ seed }) => seed ?? [])))];
  const each = seeds.flatMap((seed) => {
    const runs = repeated.flatMap(({ name, counted }) => {
      const run = counted.find((one) => one.seed === seed);
      return run?.score == null ? [] : [{ name, score: run.score, ...measuredBy(run.measure) }];
    });
    const [first, second] = rank(runs);
    if (!first || !second) return [];
    const ahead = first.score - second.score;
    const by = differenceInWords(ahead, first.measure);
    const lead = `${ahead === 0 ? 'tied with' : `${by} ahead of`} \`${second.name}\``;
    return [`with seed ${seed} \`${first.name}\` (${scoreInWords(first.score, first.measure)}, ${lead})`];
  });
  return each.length > 0 ? `One seed alone would have chosen: ${list(each)}.` : undefined;
}
