import type { StudyRecord, TestRecord } from '../../study/record/record.ts';
import { wilson } from '../../study/statistics/accuracy-interval.ts';
import type { ExampleWord } from '../../words/examples.ts';
import { differenceInWords, measureName, scoreInWords, valueInWords } from '../../words/measure.ts';
import { list, plural } from '../../words/numbers.ts';
import { optimismInWords, testInWords, testScoreInWords } from '../../words/verdict.ts';
import { meanKnown } from '../facts/candidates.ts';
import { exampleOf } from '../facts/study-facts.ts';
import { sentences } from './exceptions.ts';

/**
 * The final test's score with its interval, over all runs of the winner; beside it the validation score that selected them, and how
 * much of that is due to selecting.
 */
export function testAnswer(record: StudyRecord): string {
  const { test } = record;
  if (!test) return 'Not tested.';
  const { runs } = testedRuns(test);
  const { measure } = test;
  const example = exampleOf(record);
  const trials = record.stages.flatMap(({ trials }) => trials);
  const selected = meanKnown(
    runs.map(({ trialKey }) => trials.find((trial) => trial.trialKey === trialKey)),
    (trial) => trial?.score ?? null,
  );
  const score = testScore(test);
  return sentences([
    tested(record, test),
    selected !== null &&
      `${measure ? `The ${measureName(measure)}` : 'That'} is ${differenceInWords(score - selected, measure)} ` +
        `${score < selected ? 'below' : 'above'} the ${valueInWords(selected, measure)} on the validation ${example}s, by which it was selected.`,
    test.optimism != null && optimismInWords(test.optimism, example),
    test.supersedes !== undefined && supersededInWords(test.supersedes, example),
  ]);
}

/** The final test's score with its interval, and its accuracy if that is another: for a list of results. */
export function testedInWords(record: StudyRecord, test: TestRecord): string {
  const tested = testedRuns(test);
  const accuracy = testInWords(tested, exampleOf(record));
  const { measure } = test;
  if (!measure) return accuracy;
  return `${measureName(measure)} ${testScoreInWords(tested, measure)}, accuracy ${accuracy}`;
}

/** The final test's score over the winner's runs, in the study's measure. */
export function testScore(test: TestRecord): number {
  const { mean } = testedRuns(test);
  return test.measure ? (mean.score ?? Number.NaN) : mean.accuracy;
}

/** `\`simple_cnn\` classifies 62.31 % (95 % interval 61.36 to 63.26) of 10,000 test images correctly`, and before that the score if it is another. */
export function tested(record: StudyRecord, test: TestRecord): string {
  const { measure } = test;
  const example = exampleOf(record);
  const accuracy = testInWords(testedRuns(test), example);
  const images = plural(test.images, `test ${example}`);
  if (!measure) return `\`${test.trial}\` classifies ${accuracy} of ${images} correctly.`;
  const score = testScoreInWords(testedRuns(test), measure);
  return `\`${test.trial}\` has a ${measureName(measure)} of ${score} on ${images}. It classifies ${accuracy} of them correctly.`;
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
function supersededInWords(superseded: NonNullable<TestRecord['supersedes']>, example: ExampleWord): string {
  const scores = list(
    superseded.map(({ accuracy, measure, score }) => scoreInWords(score ?? accuracy, measure)),
  );
  return (
    `Before the study was reset, ${plural(superseded.length, 'other trial')} had been tested on the same ${example}s ` +
    `(${scores}), so that this is not the first look at them.`
  );
}
