/** The beta distribution, from which the binomial and Student's t follow. */

/** The probability of a value of at most `x` (0 to 1), the regularised incomplete beta function; `a` and `b` are above 0. */
export function betaBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logFactor = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  // The continued fraction converges fast below the mean; above it, that of the other tail does.
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(logFactor) * betaFraction(x, a, b)) / a
    : 1 - (Math.exp(logFactor) * betaFraction(1 - x, b, a)) / b;
}

/** The value that a share `p` of the distribution is below. */
export function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (betaBelow(middle, a, b) < p) low = middle;
    else high = middle;
  }
}

// --- helpers ---

/** Formula 8.17.22 of the NIST Digital Library of Mathematical Functions, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let numerator = 1;
  let denominator = away(1 - ((a + b) * x) / (a + 1));
  let fraction = 1 / denominator;
  for (let m = 1; ; m++) {
    const before = fraction;
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      denominator = away(1 + term / denominator);
      numerator = away(1 + term / numerator);
      fraction *= numerator / denominator;
    }
    if (Math.abs(fraction - before) <= 1e-16 * Math.abs(fraction) || m > MOST_TERMS) return fraction;
  }
}

/** For more parameters than any data set here has images, this is far more than it takes. */
const MOST_TERMS = 10_000;

/** Keeps a divisor away from 0. */
function away(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ(x), x above 0: Stirling's series, formula 5.11.1 of the same library, from 10 on. */
function logGamma(x: number): number {
  let shift = 0;
  let shifted = x;
  for (; shifted < 10; shifted++) shift += Math.log(shifted);
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188)))));
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
