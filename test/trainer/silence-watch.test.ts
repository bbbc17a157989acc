import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type SilenceWatch, watchSilence } from '../../trainer/silence-watch.ts';

const alive = { kind: 'alive' } as const;
const progress = { kind: 'progress', progress: {} as never } as const;

let silences: number[];
let watch: SilenceWatch;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  silences = [];
  watch = watchSilence({ startMs: 60_000, leastMs: 10_000 }, (ms) => silences.push(ms));
});
afterEach(() => {
  vi.useRealTimers();
});

it('a job may take its time before its first progress', () => {
  vi.advanceTimersByTime(59_000);
  watch.heard(alive);
  vi.advanceTimersByTime(59_000);
  expect(silences).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(silences).toEqual([60_000]);
});

it('afterwards, its silence is limited', () => {
  watch.heard(progress);
  vi.advanceTimersByTime(9_000);
  expect(silences).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(silences).toEqual([10_000]);
});

it('the limit adapts to steps that take long', () => {
  watch.heard(progress);
  vi.advanceTimersByTime(8_000);
  watch.heard(progress);
  vi.advanceTimersByTime(79_000);
  expect(silences).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(silences).toEqual([80_000]);
});

it('nothing is watched any more once the job has ended', () => {
  watch.heard(progress);
  watch.stop();
  vi.advanceTimersByTime(1_000_000);
  expect(silences).toEqual([]);
});
