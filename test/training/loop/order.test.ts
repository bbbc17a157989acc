import { describe, expect, test } from 'vitest';
import { drawFlips, shuffledOrder } from '../../../training/loop/order.ts';
import { range } from '../easy-images.ts';

const indices = range(100, 1100);

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

  test('puts each index in each place equally often', () => {
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
      const flips = drawFlips(20_000, probability, 'training', 3, 1) as Uint8Array;
      const share = flips.reduce((sum, flip) => sum + flip, 0) / 20_000;
      expect(Math.abs(share - probability)).toBeLessThan(0.018); // five deviations
      expect(new Set(flips)).toEqual(new Set([0, 1]));
    }
    expect(drawFlips(20, 1, 'training', 3, 1)).toEqual(new Uint8Array(20).fill(1));
    expect(drawFlips(20, 0, 'training', 3, 1)).toBeUndefined();
  });

  test('depend on stream, seed and epoch only', () => {
    const flips = drawFlips(100, 0.5, 'training', 3, 1);
    expect(drawFlips(100, 0.5, 'training', 3, 1)).toEqual(flips);
    expect(drawFlips(100, 0.5, 'training', 3, 2)).not.toEqual(flips);
    expect(drawFlips(100, 0.5, 'training', 4, 1)).not.toEqual(flips);
    expect(drawFlips(100, 0.5, 'validation', 3, 1)).not.toEqual(flips);
  });
});
