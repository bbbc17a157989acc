import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { initialWeights } from '../../training/initial-weights.ts';
import { createNetwork, type NetworkTensor, weightsOf } from '../../training/networks/network.ts';
import { configOf, conv, dense, resnet50, tinyResnet } from './configs.ts';

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

test('a ResNet starts as torchvision’s: Kaiming normal by fan-out, batch normalisation at rest', () => {
  const network = createNetwork(configOf({ ...tinyResnet, width: 32 }));
  const weights = initialWeights(weightsOf(network), 5);
  let convolutions = 0;
  for (const [name, { shape, data }] of weights) {
    if (name.startsWith('fc.')) {
      const bound = 1 / Math.sqrt(weights.get(name.replace('bias', 'weight'))?.shape[0] as number);
      expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(bound);
    } else if (shape.length === 1) {
      expect(new Set(data), name).toEqual(new Set([/(running_var|weight)$/.test(name) ? 1 : 0]));
    } else {
      convolutions++;
      const [kernel, , , out] = shape as [number, number, number, number];
      const variance = 2 / (kernel * kernel * out);
      const mean = (power: number) => data.reduce((sum, value) => sum + value ** power, 0) / data.length;
      const inErrors = (error: number, variancePerValue: number) =>
        Math.abs(error) / Math.sqrt(variancePerValue / data.length);
      // Mean 0, variance as it should, and the fourth moment by which a normal distribution differs from others.
      expect(inErrors(mean(1), variance), name).toBeLessThan(5);
      expect(inErrors(mean(2) / variance - 1, 2), name).toBeLessThan(5);
      expect(inErrors(mean(4) / variance ** 2 - 3, 96), name).toBeLessThan(5);
    }
  }
  expect(convolutions).toBe(1 + 4 * 4);
});

test.each([
  ['a dense network', dense(16), '1dd619c3c5dfaf3b03a5950c3adf823099245229e4fe55925e8daaadad4898f9'],
  ['a ResNet', tinyResnet, '451c523943f2c2e547eb4b97fcd2ac550176a7c3c0ec0e119c2efb7a7c87f251'],
])('those of %s follow from seed and name, whatever the device', (_what, network, expected) => {
  const tensors = weightsOf(createNetwork(configOf(network)));
  const hash = (seed: number) => {
    const sha = createHash('sha256');
    for (const { data } of initialWeights(tensors, seed).values()) sha.update(data);
    return sha.digest('hex');
  };
  expect(hash(1)).not.toBe(hash(2));
  // Of no meaning, but a change makes every stored trial one of other numerics.
  expect(hash(1)).toBe(expected);
});

test('neighbouring seeds have nothing in common', () => {
  const parameter: NetworkTensor = {
    name: 'layers.0.weight',
    shape: [50_000],
    initial: { kind: 'uniform', bound: 1 },
  };
  const draw = (seed: number) => initialWeights([parameter], seed).get(parameter.name)?.data as Float32Array;
  const [a, b] = [draw(7), draw(8)];
  const correlation = a.reduce((sum, value, index) => sum + value * (b[index] as number), 0) / (a.length / 3);
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(a.length));
});

test.each([
  ['ten million uniform ones', dense(2600, 700), 1000],
  ["ResNet-50's", resnet50, 3000],
])('%s take little time', (_what, network, milliseconds) => {
  const { parameters } = createNetwork(configOf(network));
  // Processor time: the machine may be busy with other things.
  const started = process.cpuUsage();
  initialWeights(parameters, 1);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(milliseconds);
});
