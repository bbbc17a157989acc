import { expect, test } from 'vitest';
import type { Measurement } from '../../../bench/timing/measure.ts';
import { bestOf, contenders, hopeless, peerTimes } from '../../../bench/timing/variants.ts';

const measured = (milliseconds: Record<string, number>, others = 0): Measurement => ({
  figures: {
    // A median is not moved by one slow block.
    milliseconds: Object.fromEntries(
      Object.entries(milliseconds).map(([name, time]) => [name, [time, time, 100 * time]]),
    ),
  },
  disturbance: { others, lost: 0 },
});

test('continues with the fastest peers, and with peers that were disturbed', () => {
  const times = peerTimes([
    { name: 'fastest', found: [measured({ jit: 10 })] },
    { name: 'near', found: [measured({ slow: 30, fused: 10.9 })] },
    { name: 'slow', found: [measured({ plain: 11.1 })] },
    { name: 'slow, but disturbed', found: [measured({ plain: 40 }, 0.5)] },
    { name: 'failed', found: [] },
  ]);
  expect(contenders(times)).toEqual(['fastest', 'near', 'slow, but disturbed']);
});

test('the best variant is the fastest of those that were measured most often, with all its times', () => {
  const times = peerTimes([
    {
      name: 'PyTorch',
      found: [
        measured({ plain: 9, fused: 8, 'fused, bf16': 1 }),
        measured({ 'fused, tcmalloc': 7 }),
        measured({ 'fused, tcmalloc': 7.2 }),
        measured({ 'fused, tcmalloc': 8.1 }),
      ],
    },
  ]);
  expect(bestOf(times).get('PyTorch')).toEqual({
    variant: 'fused, tcmalloc',
    time: { median: 7.2, least: 7, most: 8.1, runs: 3, disturbed: 0 },
  });
});

test('bfloat16 is measured, but never the best', () => {
  const times = peerTimes([{ name: 'PyTorch', found: [measured({ fused: 8, 'fused, bf16': 1 })] }]);
  expect(times.get('PyTorch')?.get('fused, bf16')?.median).toBe(1);
  expect(bestOf(times).get('PyTorch')?.variant).toBe('fused');
});

test('variants far behind the fastest peer are hopeless, unless something disturbed them', () => {
  const times = peerTimes([
    { name: 'TensorFlow', found: [measured({ 'tf.function': 10, jit_compile: 16 })] },
    { name: 'PyTorch', found: [measured({ fused: 14 }), measured({ 'fused, tcmalloc': 99 }, 0.5)] },
  ]);
  expect(hopeless(times)).toEqual(['TensorFlow (jit_compile)']);
});
