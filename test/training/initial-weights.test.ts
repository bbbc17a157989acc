import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { initialWeights } from '../../training/initial-weights.ts';
import { createNetwork } from '../../training/networks/network.ts';
import { configOf, conv, dense } from './configs.ts';

test('weights and biases are uniform in ±1/√fan_in', () => {
  const { parameters } = createNetwork(configOf(conv([[32, 3, 1]], 64)));
  const weights = initialWeights(parameters, 5);
  const fanIn: Record<string, number> = { 'conv.0': 27, 'layers.0': 16 * 16 * 32, 'layers.1': 64 };
  for (const { name, shape } of parameters) {
    const { data, shape: got } = weights.get(name) ?? { data: [], shape: [] };
    expect(got).toEqual(shape);
    const bound = 1 / Math.sqrt(fanIn[name.replace(/\.\w+$/, '')] as number);
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let squares = 0;
    for (const value of data) {
      least = Math.min(least, value);
      most = Math.max(most, value);
      sum += value;
      squares += value * value;
    }
    expect(least).toBeGreaterThanOrEqual(-bound);
    expect(most).toBeLessThanOrEqual(bound);
    if (data.length < 500) continue;
    expect(most - least).toBeGreaterThan(1.95 * bound);
    // Deviation bound/√3; five standard errors of the mean and of the variance (its own deviation is 2/√45·bound²).
    expect(Math.abs(sum / data.length)).toBeLessThan((5 * bound) / Math.sqrt(3 * data.length));
    expect(Math.abs(squares / data.length / bound ** 2 - 1 / 3)).toBeLessThan(
      (5 * 2) / Math.sqrt(45 * data.length),
    );
  }
});

test('they follow from seed and name, whatever the device', () => {
  const { parameters } = createNetwork(configOf(dense(16)));
  const hash = (seed: number) => {
    const sha = createHash('sha256');
    for (const { data } of initialWeights(parameters, seed).values()) sha.update(data);
    return sha.digest('hex');
  };
  expect(hash(1)).toBe(hash(1));
  expect(hash(1)).not.toBe(hash(2));
  // Of no meaning, but a change makes every stored trial one of other numerics.
  expect(hash(1)).toMatchInlineSnapshot(`"1dd619c3c5dfaf3b03a5950c3adf823099245229e4fe55925e8daaadad4898f9"`);
});

test('neighbouring seeds have nothing in common', () => {
  const parameter = { name: 'layers.0.weight', shape: [50_000], bound: 1 };
  const draw = (seed: number) => initialWeights([parameter], seed).get(parameter.name)?.data as Float32Array;
  const [a, b] = [draw(7), draw(8)];
  const correlation = a.reduce((sum, value, index) => sum + value * (b[index] as number), 0) / (a.length / 3);
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(a.length));
});

test('ten million parameters take less than a second', () => {
  const { parameters } = createNetwork(configOf(dense(2600, 700)));
  const started = performance.now();
  initialWeights(parameters, 1);
  expect(performance.now() - started).toBeLessThan(1000);
});
