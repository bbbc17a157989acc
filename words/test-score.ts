import type { TestScore } from '../study/record/record.ts';
import { measureName, valueInWords } from './measure.ts';
import { list, percent, plural } from './numbers.ts';

/**
 * The final test in a line: `36.20 % of 500 test images`, over several runs with their mean and each of them; or in the study's measure
 * `macro F1 71.20 % on 80 test rows, accuracy 83.75 %`.
 *
 * @param test over several runs, with their means.
 * @param images what they are called: `test images`.
 */
export function testScoreInLine(
  test: TestScore & { runs?: readonly { accuracy: number; score?: number }[] },
  images: string,
): string {
  const { accuracy, measure, score, runs = [] } = test;
  const over = (values: readonly string[]) =>
    values.length > 0 ? ` on average over ${plural(values.length, 'run')} (${list(values)})` : '';
  if (!measure || score === undefined)
    return `${percent(accuracy)} of ${test.images} ${images}${over(runs.map((run) => percent(run.accuracy)))}`;
  const value = `${measureName(measure)} ${valueInWords(score, measure)} on ${test.images} ${images}`;
  const each = runs.map((run) => valueInWords(run.score ?? Number.NaN, measure));
  return `${value}${over(each)}, accuracy ${percent(accuracy)}`;
}
