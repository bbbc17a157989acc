import { describe, expect, test } from 'vitest';
import { drawFlips, type FlipsRequest, shuffledOrder } from '../../../training/loop/order.ts';
import { range } from '../easy-images.ts';

const indices = range(100, 1100);

const flipsOf = (changes: Partial<FlipsRequest> = {}) =>
  drawFlips({ count: 100, probability: 0.5, stream: 'training', seed: 3, epoch: 1, ...changes });

describe('order', () => {
  test('has every index once, and does not change the given indices', () => {
    const order = shuffledOrder(indices, 1, 1);
    expect(Int32Array.from(order).sort()).toEqual(indices);
    expect(order).not.toEqual(indices);
    expect(indices).toEqual(range(100, 1100));
  });

  test('depends on seed and epoch only', () => {
    const second = shuffledOrder(indices, 1, 2);
    shuffledOrder(indices, 9, 9);
    expect(shuffledOrder(indices, 1, 2)).toEqual(second);
    expect(shuffledOrder(indices, 1, 1)).not.toEqual(second);
    expect(shuffledOrder(indices, 2, 2)).not.toEqual(second);
  });

  test('has each of the possible orders equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const key = shuffledOrder(range(0, 3), seed, 1).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 1,000 each; deviation √(6000 · 1/6 · 5/6) = 29
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('flips', () => {
  test('have the requested probability', () => {
    for (const probability of [0.2, 0.5]) {
      const flips = flipsOf({ count: 20_000, probability }) as Uint8Array;
      const share = flips.reduce((sum, flip) => sum + flip, 0) / 20_000;
      expect(Math.abs(share - probability)).toBeLessThan(0.018); // five deviations
      expect(new Set(flips)).toEqual(new Set([0, 1]));
    }
    expect(flipsOf({ probability: 1 })).toEqual(new Uint8Array(100).fill(1));
    expect(flipsOf({ probability: 0 })).toBeUndefined();
  });

  test('depend on stream, seed and epoch only', () => {
    const flips = flipsOf();
    expect(flipsOf()).toEqual(flips);
    expect(flipsOf({ epoch: 2 })).not.toEqual(flips);
    expect(flipsOf({ seed: 4 })).not.toEqual(flips);
    expect(flipsOf({ stream: 'validation' })).not.toEqual(flips);
  });
});
