import { expect } from 'vitest';
import type { NamedTensor } from '../../training/tensorflow/named-tensors.ts';
import { inPyTorchOrder, type Summary } from './pytorch-fixtures.ts';

/**
 * Compares a tensor's norm and some entries with PyTorch's.
 *
 * @param tolerance share of the norm; for single entries, share of ten times the root mean square.
 * @param pixels see `filled`.
 */
export function expectLike(
  tensor: NamedTensor,
  want: Summary,
  tolerance: number,
  what: string,
  pixels?: number[],
): void {
  const { data } = tensor;
  const norm = Math.sqrt(data.reduce((sum, each) => sum + each * each, 0));
  expect(Math.abs(norm / want.norm - 1), `${what}: norm ${norm} for ${want.norm}`).toBeLessThan(tolerance);
  const theirs = inPyTorchOrder(tensor, pixels);
  const last = want.entries.length - 1;
  const entries = want.entries.map((_, k) => theirs[Math.round((k * (data.length - 1)) / last)] as number);
  expectClose(entries, want.entries, (10 * tolerance * want.norm) / Math.sqrt(data.length), what);
}

export function expectClose(
  got: ArrayLike<number>,
  want: readonly number[],
  tolerance: number,
  what: string,
): void {
  expect(got.length).toBe(want.length);
  for (const [index, value] of want.entries()) {
    const error = Math.abs((got[index] as number) - value);
    expect(error, `${what}[${index}]: ${got[index]} for ${value}`).toBeLessThan(tolerance);
  }
}
