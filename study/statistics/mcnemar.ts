import { betaBelow } from './beta.ts';
import { checkSameImages, type Hits } from './hits.ts';

/** What McNemar's test says of two runs. */
export interface McNemar {
  /** Images that only the first run, or only the second, classifies correctly. */
  onlyFirst: number;
  onlySecond: number;
  /** The probability of so uneven a split or a more uneven one, if both are as likely to be right: 0 to 1, two-sided. */
  p: number;
}

/**
 * McNemar's exact test of two runs on the same images: Q. McNemar, Note on the sampling error of the difference between
 * correlated proportions or percentages, Psychometrika 12 (1947); exact as in A. Agresti, Categorical Data Analysis, 3rd ed.
 * (2013), section 11.1. For comparisons of classifiers: T. Dietterich, Neural Computation 10 (1998).
 *
 * It says whether these two runs differ on such images. It says nothing about runs with other seeds.
 *
 * @throws {RangeError} if the runs have different numbers of images, or none.
 */
export function mcnemar(first: Hits, second: Hits): McNemar {
  checkSameImages(first, second);
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let image = 0; image < first.length; image++) {
    if (first[image] === second[image]) continue;
    if (first[image]) onlyFirst++;
    else onlySecond++;
  }
  const fewer = Math.min(onlyFirst, onlySecond);
  const different = onlyFirst + onlySecond;
  // Of a binomial variable with probability ½: P(at most `fewer`) = I_½(different − fewer, fewer + 1).
  const p = Math.min(1, 2 * betaBelow(0.5, different - fewer, fewer + 1));
  return { onlyFirst, onlySecond, p: different === 0 ? 1 : p };
}
