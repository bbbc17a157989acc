import type { ChangesRecord } from '../../study/record/comparison-record.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { measureName, signedDifference, unitOfDifferences } from '../../words/measure.ts';
import { list, signed } from '../../words/numbers.ts';
import { changesInWords, intervalInWords } from '../../words/verdict.ts';
import { exampleOf, imagesUsed, ordinaryTrial, standardError } from '../facts/study-facts.ts';
import { exceptions, sentences } from './exceptions.ts';

/** By how much a change moves the accuracies of earlier candidates, and whether that is more than chance. */
export function variantAnswer(record: StudyRecord, stage: StageRecord): string {
  const parts =
    stage.changes && stage.changes.pairs.length > 0
      ? compared(record, stage.changes)
      : fromScores(record, stage);
  return sentences([...parts, exceptions(stage)]);
}

/** The interval of a pair's difference: over its seeds, or with one over the images; undefined if the store lacked what it takes. */
export function intervalOf({
  paired,
  onImages,
}: ChangesRecord['pairs'][number]): { low: number; high: number } | undefined {
  return paired?.interval ?? onImages?.interval;
}

// --- helpers ---

function compared(record: StudyRecord, changes: ChangesRecord): (string | false)[] {
  const { measure } = changes;
  const each = changes.pairs.map((pair) => {
    const interval = intervalOf(pair);
    const sure = interval ? ` (${intervalInWords(interval, measure)})` : '';
    return `${signedDifference(pair.difference, measure)} for \`${pair.of}\`${sure}`;
  });
  return [
    `With the change, the best validation ${measureName(measure)} moves by ${list(each)}, in ${unitOfDifferences(measure)}.`,
    changes.overall !== null && changesInWords(changes, { example: exampleOf(record) }),
  ];
}

/** Of a record of an earlier version, which compared nothing but scores. */
function fromScores(record: StudyRecord, stage: StageRecord): (string | false)[] {
  const { validation } = imagesUsed(record);
  const changes = stage.trials.flatMap((trial) => {
    const ordinary = ordinaryTrial(record, trial);
    if (trial.score === null || ordinary?.score == null) return [];
    const change = trial.score - ordinary.score;
    const isSmall = Math.abs(change) < standardError(ordinary.score, validation);
    return [{ name: ordinary.name, change, isSmall }];
  });
  if (changes.length === 0) return ['No answer: no trial can be compared with its ordinary one.'];
  const each = list(changes.map(({ name, change }) => `${signed(change)} for \`${name}\``));
  const mean = changes.reduce((sum, { change }) => sum + change, 0) / changes.length;
  const error = 'smaller than the standard error of an accuracy on the validation images.';
  return [
    `With the change, the best validation accuracy moves by ${each}, in points${changes.length > 1 ? ` (mean ${signed(mean)})` : ''}.`,
    changes.every(({ isSmall }) => isSmall)
      ? `Every change is ${error}`
      : changes.some(({ isSmall }) => isSmall) && `Some of these are ${error}`,
  ];
}
