/** The standard normal distribution. */

/** Its density at `z`. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / ROOT_OF_TWO_PI;
}

/** The probability of a value of at most `z`. Its relative error is below 1e-11, in the lower tail too. */
export function normalBelow(z: number): number {
  return z < 0 ? upperTail(-z) : 1 - upperTail(z);
}

/** The probability of a value between `low` and `high`; either may be infinite. Exact in both tails. */
export function normalBetween(low: number, high: number): number {
  if (low > 0) return upperTail(low) - upperTail(high);
  if (high < 0) return upperTail(-high) - upperTail(-low);
  return 1 - upperTail(high) - upperTail(-low);
}

/** The value that a share `p` of the distribution is below: −∞ for 0, ∞ for 1. */
export function normalQuantile(p: number): number {
  return p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p);
}

// --- helpers ---

const ROOT_OF_TWO_PI = Math.sqrt(2 * Math.PI);
/** Where the series begins to lose digits, and the continued fraction has few terms. */
const TAIL_FROM = 3.5;
const TAIL_TERMS = 40;
/** Beyond this, the tail is smaller than any number that a double can hold. */
const NO_TAIL_FROM = 38.5;

/**
 * The probability of a value above `z`, which is 0 or more: formulas 26.2.11 and 26.2.14 of Abramowitz and Stegun, Handbook of
 * Mathematical Functions (1964).
 */
function upperTail(z: number): number {
  if (z >= NO_TAIL_FROM) return 0;
  if (z < TAIL_FROM) {
    const square = z * z;
    let term = z;
    let sum = z;
    for (let odd = 3; term > sum * 1e-17; odd += 2) {
      term *= square / odd;
      sum += term;
    }
    return 0.5 - normalDensity(z) * sum;
  }
  let fraction = z;
  for (let term = TAIL_TERMS; term > 0; term--) fraction = z + term / fraction;
  return normalDensity(z) / fraction;
}

/** The value that a share `p` of the distribution, at most half of it, is above. */
function upperQuantile(p: number): number {
  if (p <= 0) return Number.POSITIVE_INFINITY;
  // Formula 26.2.23 of the same handbook is right to 4.5e-4. Each step of Halley's method triples the right digits.
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 2; step++) {
    const tail = z < 0 ? 1 - upperTail(-z) : upperTail(z);
    const error = (tail - p) / normalDensity(z);
    z += error / (1 - (z * error) / 2);
  }
  return z;
}
