import { betaQuantile } from './beta.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { normalQuantile } from './normal.ts';

/**
 * Wilson's interval of an accuracy: E. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
 * the American Statistical Association 22 (1927). Over many test sets it holds the true accuracy about as often as it says, which
 * is why reports use it: L. Brown, T. Cai, A. DasGupta, Interval estimation for a binomial proportion, Statistical Science 16
 * (2001).
 *
 * @param right images that were classified correctly.
 * @param images how many there were.
 * @returns shares, 0 to 1.
 * @throws {RangeError} unless 0 ≤ right ≤ images and images ≥ 1.
 */
export function wilson(right: number, images: number, confidence = CONFIDENCE): Interval {
  check(right, images);
  const z = normalQuantile((1 + confidence) / 2);
  const share = right / images;
  const shrink = 1 + (z * z) / images;
  const middle = (share + (z * z) / (2 * images)) / shrink;
  const half = (z * Math.sqrt((share * (1 - share)) / images + (z * z) / (4 * images * images))) / shrink;
  return { low: right === 0 ? 0 : middle - half, high: right === images ? 1 : middle + half };
}

/**
 * The interval of C. Clopper and E. Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial,
 * Biometrika 26 (1934). It holds the true accuracy at least as often as it says, so it is wider than Wilson's.
 *
 * @param right images that were classified correctly.
 * @param images how many there were.
 * @returns shares, 0 to 1.
 * @throws {RangeError} unless 0 ≤ right ≤ images and images ≥ 1.
 */
export function clopperPearson(right: number, images: number, confidence = CONFIDENCE): Interval {
  check(right, images);
  const tail = (1 - confidence) / 2;
  return {
    low: right === 0 ? 0 : betaQuantile(tail, right, images - right + 1),
    high: right === images ? 1 : betaQuantile(1 - tail, right + 1, images - right),
  };
}

// --- helpers ---

function check(right: number, images: number): void {
  if (images >= 1 && right >= 0 && right <= images) return;
  throw new RangeError(
    `an accuracy: expected at least one image, and 0 to all of them right, got ${right} of ${images}`,
  );
}
