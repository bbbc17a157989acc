import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { studyImages } from '../../../bench/studies/images.ts';
import { readCifar10Archive } from '../../../training/data/archive.ts';

test('without an archive, both sides get generated images, ours as an archive', async () => {
  vi.stubEnv('CIFAR10_ARCHIVE', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const folder = await mkdtemp(join(tmpdir(), 'images-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const images = await studyImages(folder, 100);
  expect(images.kind).toBe('generated');
  const { train, trainImages } = await readCifar10Archive(images.archive);
  expect(trainImages).toBe(100);
  expect(Buffer.compare(train, images.train)).toBe(0);
});
