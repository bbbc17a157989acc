import { z } from 'zod';
import { scheduleEntry } from './entry.ts';

export const cosine = scheduleEntry({
  schema: z
    .strictObject({ kind: z.literal('cosine') })
    .describe(
      "A learning rate that falls along half a wave of the cosine, as with PyTorch's CosineAnnealingLR over all epochs: " +
        'slowly at first and at the end, and to 0 after the last epoch.',
    ),
  rateAt: (_schedule, { learningRate, epoch, epochs }) =>
    (learningRate * (1 + cosineOfHalfTurns((epoch - 1) / epochs))) / 2,
  inWords: () => 'cosine',
});

// --- helpers ---

/** Powers of the argument in a series whose first missing term is below the last bit. */
const LAST_POWER = 20;

/**
 * cos(π·turns) for 0 ≤ turns ≤ 1, by additions, multiplications and divisions alone: the last bit of `Math.cos` differs
 * between versions of Node.
 */
function cosineOfHalfTurns(turns: number): number {
  if (turns > 0.5) return -cosineOfHalfTurns(1 - turns);
  // cos x = sin(π/2 − x), which keeps the argument of either series below π/4.
  return turns > 0.25 ? series(Math.PI * (0.5 - turns), 1) : series(Math.PI * turns, 0);
}

/** Σ (−1)^k x^(first+2k) / (first+2k)!: the sine if `first` is 1, the cosine if it is 0. */
function series(x: number, first: 0 | 1): number {
  let term = first === 1 ? x : 1;
  let sum = term;
  for (let power = first + 2; power <= LAST_POWER; power += 2) {
    term *= -(x * x) / (power * (power - 1));
    sum += term;
  }
  return sum;
}
