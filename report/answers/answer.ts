import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { isRanked } from '../facts/study-facts.ts';
import { sentences } from './exceptions.ts';
import { rankedAnswer, verdictInShort } from './ranked-answer.ts';
import { repeatAnswer } from './repeat-answer.ts';
import { variantAnswer } from './variant-answer.ts';

/** The answer to a stage's question, composed from its numbers; `names in backticks`. */
export function answer(record: StudyRecord, stage: StageRecord): string {
  if (stage.kind === 'variant') return variantAnswer(record, stage);
  if (stage.kind === 'repeat') return repeatAnswer(record, stage);
  return sentences(rankedAnswer(record, stage));
}

/** The answer in short: who wins and the verdict, if the stage ranks its trials. */
export function headline(record: StudyRecord, stage: StageRecord): string {
  if (!isRanked(stage)) return answer(record, stage);
  return sentences([rankedAnswer(record, stage)[0], verdictInShort(stage) ?? false]);
}
