import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { list, signed } from '../../words/numbers.ts';
import { imagesUsed, ordinaryTrial, standardError } from '../facts/study-facts.ts';
import { exceptions, sentences } from './exceptions.ts';

/** By how much a change moves the accuracies of earlier candidates, and whether that is more than chance. */
export function variantAnswer(record: StudyRecord, stage: StageRecord): string {
  const { validation } = imagesUsed(record);
  const changes = stage.trials.flatMap((trial) => {
    const ordinary = ordinaryTrial(record, trial);
    if (trial.score === null || ordinary?.score == null) return [];
    const change = trial.score - ordinary.score;
    const isSmall = Math.abs(change) < standardError(ordinary.score, validation);
    return [{ name: ordinary.name, change, isSmall }];
  });
  if (changes.length === 0)
    return sentences(['No answer: no trial can be compared with its ordinary one.', exceptions(stage)]);
  const each = list(changes.map(({ name, change }) => `${signed(change)} for \`${name}\``));
  const mean = changes.reduce((sum, { change }) => sum + change, 0) / changes.length;
  const error = 'smaller than the standard error of an accuracy on the validation images.';
  return sentences([
    `With the change, the best validation accuracy moves by ${each}, in points${changes.length > 1 ? ` (mean ${signed(mean)})` : ''}.`,
    changes.every(({ isSmall }) => isSmall)
      ? `Every change is ${error}`
      : changes.some(({ isSmall }) => isSmall) && `Some of these are ${error}`,
    exceptions(stage),
  ]);
}
