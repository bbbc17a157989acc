import { betaBelow, betaQuantile } from './beta.ts';

/** The probability that Student's t with these degrees of freedom is at least as far from 0 as `t`, on either side. */
export function studentTwoSided(t: number, freedom: number): number {
  return betaBelow(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** How far from 0 Student's t is with probability `p`, on either side: 12.71 for 0.05 and one degree of freedom. */
export function studentCritical(p: number, freedom: number): number {
  const x = betaQuantile(p, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}
