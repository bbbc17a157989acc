import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { environmentsOf } from '../../study/trial/environment.ts';
import type { EpochLine } from '../../study/trial/trial.ts';
import { differencesInWords } from '../../words/environment.ts';
import { signedDifference, unitOfDifferences } from '../../words/measure.ts';
import { exact, plural } from '../../words/numbers.ts';
import { ordinaryTrial } from '../facts/study-facts.ts';
import { exceptions, sentences } from './exceptions.ts';

/** Whether training again with the same seed gave the same weights and the same log. */
export function repeatAnswer(record: StudyRecord, stage: StageRecord): string {
  const answers = stage.trials.map((trial) => {
    const ordinary = ordinaryTrial(record, trial);
    if (!ordinary || trial.lines.length === 0)
      return `\`${trial.name}\` can’t be compared with an ordinary trial.`;
    return (
      `\`${ordinary.name}\` trained again with the same seed: ${compareWeights(ordinary, trial)}; ` +
      `${compareLogs(ordinary, trial)}.${compareEnvironments(ordinary, trial)}`
    );
  });
  return sentences([...answers, exceptions(stage)]) || 'Nothing was trained again.';
}

// --- helpers ---

function compareWeights(first: TrialRecord, second: TrialRecord): string {
  if (!first.tensorsSha256 || !second.tensorsSha256) return 'whether the weights are equal is not recorded';
  const are = first.tensorsSha256 === second.tensorsSha256 ? 'are' : 'are not';
  return `the best epoch’s weights ${are} bit-identical`;
}

/** Whether everything logged is bit-identical, or how far apart it is at most. */
function compareLogs(first: TrialRecord, second: TrialRecord): string {
  const pairs = second.lines.flatMap((line, index) => {
    const other = first.lines[index];
    return other ? [{ epoch: line.epoch, ...differences(line, other) }] : [];
  });
  const epochs = plural(pairs.length, 'epoch');
  const differing = pairs.filter(({ loss, accuracy }) => loss > 0 || accuracy > 0);
  const [earliest] = differing;
  if (!earliest) return `every loss and accuracy of the ${epochs} is bit-identical`;
  const largest = (metric: 'loss' | 'accuracy') => exact(Math.max(...differing.map((pair) => pair[metric])));
  const score = (second.score ?? 0) - (first.score ?? 0);
  return (
    `${differing.length} of ${epochs} ${differing.length === 1 ? 'differs' : 'differ'}, the earliest epoch ${earliest.epoch}, ` +
    `by at most ${largest('loss')} nats in a loss and ${largest('accuracy')} points in an accuracy; the best score differs by ` +
    `${signedDifference(score, second.measure)} ${unitOfDifferences(second.measure)}`
  );
}

/** The largest difference between two epochs' losses, and between their accuracies. */
function differences(line: EpochLine, other: EpochLine): { loss: number; accuracy: number } {
  const largest = (metric: 'loss' | 'accuracy') =>
    Math.max(
      ...(['train', 'val'] as const).map((of) =>
        Math.abs(line[`${of}_${metric}`] - other[`${of}_${metric}`]),
      ),
    );
  return { loss: largest('loss'), accuracy: largest('accuracy') };
}

/** A sentence if the environments of all attempts at both trials were not the same. */
function compareEnvironments(first: TrialRecord, second: TrialRecord): string {
  const differences = differencesInWords([...environmentsOf(first), ...environmentsOf(second)]);
  return differences ? ` They were trained in different environments, which differ in: ${differences}.` : '';
}
