import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { diskShortage, neededBytes } from '../../infra/stack/disk-space.ts';

test('a disk without free space is reported, with the free and the needed space', () => {
  // /proc is a file system that never has free space.
  expect(diskShortage('/proc', 'start', false)).toBe(
    'The disk of the state folder /proc is full (0 MB free, 200 MB needed)',
  );
  expect(diskShortage('/proc', 'continue', true)).toMatch(/0 MB free, 50 MB needed/);
  expect(diskShortage(tmpdir(), 'start', false)).toBeUndefined();
});

test('MinIO on the same disk also needs a hundredth of it, and a start needs more than continuing', () => {
  const terabyte = 1_000_000_000_000;
  expect(neededBytes(terabyte, 'start', true)).toBe(10_200_000_000);
  expect(neededBytes(terabyte, 'continue', true)).toBe(10_050_000_000);
  expect(neededBytes(terabyte, 'continue', false)).toBe(50_000_000);
});
