import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { diskShortage, neededBytes } from '../../infra/stack/disk-space.ts';

test('a disk without free space is full, with what is there and what is needed', () => {
  // The kernel's process table: a file system that never has free space.
  expect(diskShortage('/proc', 'start', false)).toBe(
    'The disk of the state folder /proc is full (0 MB free, 200 MB needed)',
  );
  expect(diskShortage('/proc', 'goOn', true)).toMatch(/0 MB free, 50 MB needed/);
  expect(diskShortage(tmpdir(), 'start', false)).toBeUndefined();
});

test('MinIO on the same disk needs a hundredth of it free as well, and a start more than going on', () => {
  const terabyte = 1_000_000_000_000;
  expect(neededBytes(terabyte, 'start', true)).toBe(10_200_000_000);
  expect(neededBytes(terabyte, 'goOn', true)).toBe(10_050_000_000);
  expect(neededBytes(terabyte, 'goOn', false)).toBe(50_000_000);
});
