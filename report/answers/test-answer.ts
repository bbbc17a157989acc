import type { StudyRecord, TestRecord } from '../../study/record/record.ts';
import { list, percent, plural, points } from '../../words/numbers.ts';
import { sentences } from './exceptions.ts';

/** The final test's accuracy with its interval, beside the validation accuracy that selected the trial. */
export function testAnswer(record: StudyRecord): string {
  const { test } = record;
  if (!test) return 'Not tested.';
  const [low, high] = wilsonInterval(test.accuracy, test.images);
  const selected = record.stages
    .flatMap(({ trials }) => trials)
    .find(({ trialKey }) => trialKey === test.trialKey);
  return sentences([
    `\`${test.trial}\` classifies ${percent(test.accuracy)} of ${plural(test.images, 'test image')} correctly ` +
      `(95 % Wilson interval ${low.toFixed(2)} to ${percent(high)}).`,
    selected?.score != null &&
      `That is ${points(test.accuracy - selected.score)} ${test.accuracy < selected.score ? 'below' : 'above'} the ` +
        `${percent(selected.score)} on the validation images, by which it was selected.`,
    test.supersedes !== undefined && supersededInWords(test.supersedes),
  ]);
}

/** Whoever resets a study may have seen how well its winner did. */
function supersededInWords(superseded: NonNullable<TestRecord['supersedes']>): string {
  const accuracies = list(superseded.map(({ accuracy }) => percent(accuracy)));
  return (
    `Before the study was reset, ${plural(superseded.length, 'other trial')} had been tested on the same images ` +
    `(${accuracies}), so that this is not the first look at them.`
  );
}

/** Wilson's interval for a share, in percent; `z` is 1.96 for 95 %. */
export function wilsonInterval(accuracy: number, images: number, z = 1.96): [low: number, high: number] {
  const share = accuracy / 100;
  const scale = 1 + z ** 2 / images;
  const middle = (share + z ** 2 / (2 * images)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / images + z ** 2 / (4 * images ** 2))) / scale;
  return [Math.max(0, 100 * (middle - half)), Math.min(100, 100 * (middle + half))];
}
