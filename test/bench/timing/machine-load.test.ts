import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  disturbanceBetween,
  isDisturbed,
  parseProcessorTimes,
  readLoad,
} from '../../../bench/timing/machine-load.ts';

describe('disturbanceBetween', () => {
  const start = { at: 10, busy: 5000, idle: 7000, own: 300 };
  /** Two seconds later, on two processors: 400 ticks in all. */
  const later = (busy: number, idle: number, own: number) => ({
    at: start.at + 2,
    busy: start.busy + busy,
    idle: start.idle + idle,
    own: start.own + own,
  });

  it('finds nothing if all work is own, or the machine is idle', () => {
    for (const end of [later(400, 0, 400), later(0, 400, 0), later(200, 200, 200)]) {
      const found = disturbanceBetween(start, end, 2);
      expect(found).toEqual({ others: 0, lost: 0 });
      expect(isDisturbed(found)).toBe(false);
    }
  });

  it('finds the work of other processes', () => {
    const found = disturbanceBetween(start, later(400, 0, 300), 2);
    expect(found).toEqual({ others: 0.25, lost: 0 });
    expect(isDisturbed(found)).toBe(true);
  });

  it('finds time in which the machine did not run', () => {
    const found = disturbanceBetween(start, later(360, 0, 360), 2);
    expect(found.others).toBe(0);
    expect(found.lost).toBeCloseTo(0.1);
    expect(isDisturbed(found)).toBe(true);
  });

  it('tolerates a little', () => {
    expect(isDisturbed(disturbanceBetween(start, later(398, 0, 390), 2))).toBe(false);
  });
});

it('excludes stolen time from the machine’s time', () => {
  const stat = 'cpu  100 20 30 4000 50 6 7 800 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5\n';
  expect(parseProcessorTimes(stat)).toEqual({ busy: 163, idle: 4050 });
  expect(() => parseProcessorTimes('intr 5\n')).toThrow(/\/proc\/stat: expected a line "cpu"/);
});

it('counts the work of child processes as own, also after they ended', () => {
  const before = readLoad(process.pid);
  const burn =
    'for (let used = 0; used < 250_000; ) { const { user, system } = process.cpuUsage(); used = user + system; }';
  expect(spawnSync(process.execPath, ['-e', burn]).status).toBe(0);
  const after = readLoad(process.pid);
  expect(after.own - before.own).toBeGreaterThanOrEqual(24);
  expect(after.busy - before.busy).toBeGreaterThanOrEqual(24);
});
