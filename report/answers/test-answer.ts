import type { StudyRecord, TestRecord } from '../../study/record/record.ts';
import { wilson } from '../../study/statistics/accuracy-interval.ts';
import { list, percent, plural, points } from '../../words/numbers.ts';
import { optimismInWords, testInWords } from '../../words/verdict.ts';
import { meanKnown } from '../facts/candidates.ts';
import { sentences } from './exceptions.ts';

/**
 * The final test's accuracy with its interval, over all runs of the winner; beside it the validation accuracy that selected them,
 * and how much of that is due to selecting.
 */
export function testAnswer(record: StudyRecord): string {
  const { test } = record;
  if (!test) return 'Not tested.';
  const { runs, mean } = testedRuns(test);
  const trials = record.stages.flatMap(({ trials }) => trials);
  const selected = meanKnown(
    runs.map(({ trialKey }) => trials.find((trial) => trial.trialKey === trialKey)),
    (trial) => trial?.score ?? null,
  );
  return sentences([
    tested(test),
    selected !== null &&
      `That is ${points(mean.accuracy - selected)} ${mean.accuracy < selected ? 'below' : 'above'} the ${percent(selected)} on the ` +
        'validation images, by which it was selected.',
    test.optimism != null && optimismInWords(test.optimism),
    test.supersedes !== undefined && supersededInWords(test.supersedes),
  ]);
}

/** `\`simple_cnn\` classifies 62.31 % (95 % interval 61.36 to 63.26) of 10,000 test images correctly.` */
export function tested(test: TestRecord): string {
  return `\`${test.trial}\` classifies ${testInWords(testedRuns(test))} of ${plural(test.images, 'test image')} correctly.`;
}

/** The test of each of the winner's runs, and of all of them. Earlier versions recorded one run. */
export function testedRuns(test: TestRecord): Required<Pick<TestRecord, 'runs' | 'mean'>> {
  const { trial, trialKey, accuracy, loss, images } = test;
  const interval = percentInterval(accuracy, images);
  return {
    runs: test.runs ?? [{ trial, trialKey, seed: 0, accuracy, loss, interval }],
    mean: test.mean ?? { accuracy, loss, deviation: null, interval },
  };
}

// --- helpers ---

function percentInterval(accuracy: number, images: number): { low: number; high: number } {
  const { low, high } = wilson((accuracy / 100) * images, images);
  return { low: 100 * low, high: 100 * high };
}

/** Whoever resets a study may have seen how well its winner did. */
function supersededInWords(superseded: NonNullable<TestRecord['supersedes']>): string {
  const accuracies = list(superseded.map(({ accuracy }) => percent(accuracy)));
  return (
    `Before the study was reset, ${plural(superseded.length, 'other trial')} had been tested on the same images ` +
    `(${accuracies}), so that this is not the first look at them.`
  );
}
