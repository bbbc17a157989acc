import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../../client/command-line/exit-codes.ts';
import { datasetSource } from '../../../client/start/dataset-source.ts';
import { dataSchema } from '../../../study/definition/data-schema.ts';

const file = fileURLToPath(import.meta.url);
/** A study without data of its own. */
const CIFAR10 = {};

beforeEach(() => {
  vi.stubEnv('CIFAR10_ARCHIVE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it('is the official archive by default', async () => {
  expect(await datasetSource(undefined, CIFAR10, 'cifar10')).toEqual({ archive: null });
  vi.stubEnv('CIFAR10_ARCHIVE', '');
  expect(await datasetSource(undefined, CIFAR10, 'cifar10')).toEqual({ archive: null });
});

it('prefers the option to the environment', async () => {
  vi.stubEnv('CIFAR10_ARCHIVE', 'https://example.org/cifar.tar.gz');
  expect(await datasetSource(undefined, CIFAR10, 'cifar10')).toEqual({
    archive: 'https://example.org/cifar.tar.gz',
  });
  // Workers open it from another folder.
  expect(await datasetSource(relative(process.cwd(), file), CIFAR10, 'cifar10')).toEqual({ archive: file });
});

it.each([
  ['nothing there', '/no/such/archive.tar.gz'],
  ['something else', tmpdir()],
  ['nothing there', 'ftp://example.org/cifar.tar.gz'],
  ['nothing there', 'file:///data/cifar.tar.gz'],
])('refuses %s, and says where it was given', async (what, given) => {
  const option = datasetSource(given, CIFAR10, 'cifar10');
  await expect(option).rejects.toThrow(UsageError);
  await expect(option).rejects.toThrow(new RegExp(`^--dataset: expected .*cifar-10-binary.*got ${what}`));
  vi.stubEnv('CIFAR10_ARCHIVE', given);
  await expect(datasetSource(undefined, CIFAR10, 'cifar10')).rejects.toThrow(/^CIFAR10_ARCHIVE: expected/);
});

it.each([
  ['https://user:secret@example.org/a.tar.gz', 'a URL without user name and password'],
  ['https://[bad/a.tar.gz?Signature=secret', 'a URL'],
])('refuses %s, and does not repeat what is secret in it', async (given, expected) => {
  const refused = await datasetSource(given, CIFAR10, 'cifar10').catch((error: Error) => error);
  expect(refused).toBeInstanceOf(UsageError);
  expect((refused as Error).message).toContain(`--dataset: expected ${expected}, got https://`);
  expect((refused as Error).message).not.toContain('secret');
});

it('treats an empty option as a mistake, not as absent', async () => {
  await expect(datasetSource('', CIFAR10, 'cifar10')).rejects.toThrow(
    /^--dataset: expected .*got nothing there/,
  );
});

describe('data of a study', () => {
  const data = dataSchema.parse({
    kind: 'images',
    classes: 2,
    height: 8,
    width: 8,
    channels: 3,
    source: 'pictures',
  });

  it('are where the study says, from the folder of its file, unless the option names others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'study-'));
    await mkdir(join(folder, 'pictures'));
    vi.stubEnv('CIFAR10_ARCHIVE', file);
    expect(await datasetSource(undefined, { data }, join(folder, 'mine.ts'))).toEqual({
      archive: join(folder, 'pictures'),
    });
    expect(await datasetSource(folder, { data }, join(folder, 'mine.ts'))).toEqual({ archive: folder });
    const gone = datasetSource(undefined, { data }, join(folder, 'other', 'mine.ts'));
    await expect(gone).rejects.toThrow(
      /^data\.source: expected a folder, a file or a URL, got nothing there: .*other\/pictures$/,
    );
    const unnamed = datasetSource(undefined, { data: { ...data, source: undefined } }, 'mine.ts');
    await expect(unnamed).rejects.toThrow(
      /^--dataset: expected a folder, a file or a URL, since the study names no "source"/,
    );
    await rm(folder, { recursive: true });
  });
});
