import { tmpdir } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UsageError } from '../../../client/command-line/exit-codes.ts';
import { datasetSource } from '../../../client/start/dataset-source.ts';

const file = fileURLToPath(import.meta.url);

beforeEach(() => {
  vi.stubEnv('CIFAR10_ARCHIVE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it('is the official archive by default', async () => {
  expect(await datasetSource(undefined)).toEqual({ archive: null });
  vi.stubEnv('CIFAR10_ARCHIVE', '');
  expect(await datasetSource(undefined)).toEqual({ archive: null });
});

it('prefers the option to the environment', async () => {
  vi.stubEnv('CIFAR10_ARCHIVE', 'https://example.org/cifar.tar.gz');
  expect(await datasetSource(undefined)).toEqual({ archive: 'https://example.org/cifar.tar.gz' });
  // Workers open it from another folder.
  expect(await datasetSource(relative(process.cwd(), file))).toEqual({ archive: file });
});

it.each([
  ['nothing there', '/no/such/archive.tar.gz'],
  ['something else', tmpdir()],
  ['nothing there', 'ftp://example.org/cifar.tar.gz'],
  ['nothing there', 'file:///data/cifar.tar.gz'],
])('refuses %s, and says where it was given', async (what, given) => {
  const option = datasetSource(given);
  await expect(option).rejects.toThrow(UsageError);
  await expect(option).rejects.toThrow(new RegExp(`^--dataset: expected .*cifar-10-binary.*got ${what}`));
  vi.stubEnv('CIFAR10_ARCHIVE', given);
  await expect(datasetSource(undefined)).rejects.toThrow(/^CIFAR10_ARCHIVE: expected/);
});

it.each([
  ['https://user:secret@example.org/a.tar.gz', 'a URL without user name and password'],
  ['https://[bad/a.tar.gz?Signature=secret', 'a URL'],
])('refuses %s, and does not repeat what is secret in it', async (given, expected) => {
  const refused = await datasetSource(given).catch((error: Error) => error);
  expect(refused).toBeInstanceOf(UsageError);
  expect((refused as Error).message).toContain(`--dataset: expected ${expected}, got https://`);
  expect((refused as Error).message).not.toContain('secret');
});

it('treats an empty option as a mistake, not as absent', async () => {
  await expect(datasetSource('')).rejects.toThrow(/^--dataset: expected .*got nothing there/);
});
