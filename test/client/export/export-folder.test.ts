import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkExportFolder, writeExport } from '../../../client/export/export-folder.ts';
import { sha256Of } from '../../../storage/blobs.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'export-folder-'));
  folder = join(parent, 'model');
});
afterEach(() => rm(parent, { recursive: true }));

it('writes a new folder, and an empty one', async () => {
  await writeExport(folder, { trial: 'wide' }, writing({ 'weights.bin': 'one', 'part/model.json': '{}' }));
  expect(await files()).toEqual(['export.json', 'part', 'part/model.json', 'weights.bin']);
  expect(JSON.parse(await readFile(join(folder, 'export.json'), 'utf8'))).toEqual({
    format: 1,
    trial: 'wide',
    files: { 'part/model.json': sha256Of(Buffer.from('{}')), 'weights.bin': sha256Of(Buffer.from('one')) },
  });
  await rm(folder, { recursive: true });
  await mkdir(folder);
  await writeExport(folder, {}, writing({ 'weights.bin': 'one' }));
  expect(await files()).toEqual(['export.json', 'weights.bin']);
});

it('replaces all of an earlier export', async () => {
  await writeExport(folder, {}, writing({ 'old.bin': 'old', same: 'old' }));
  // Python has imported its module since.
  await writing({ '__pycache__/load_in_pytorch.cpython-311.pyc': '' })(folder);
  await writeExport(folder, {}, writing({ 'new.bin': 'new', same: 'new' }));
  expect(await files()).toEqual(['export.json', 'new.bin', 'same']);
  expect(await readFile(join(folder, 'same'), 'utf8')).toBe('new');
});

it('refuses a folder with files that an export has not written', async () => {
  await mkdir(folder);
  await writeFile(join(folder, 'thesis.tex'), 'mine');
  const refusal =
    /^--to: expected a folder that is empty or an earlier export, got .*model, which holds thesis\.tex; choose another$/;
  await expect(checkExportFolder(folder)).rejects.toThrow(refusal);
  await writeFile(join(folder, 'export.json'), 'not an export');
  await expect(checkExportFolder(folder)).rejects.toThrow(/which holds thesis\.tex/);
  await expect(checkExportFolder(join(folder, 'thesis.tex'))).rejects.toThrow(
    /expected a folder, got a file/,
  );
  // Written during the export.
  await rm(folder, { recursive: true });
  const late = async (beside: string) => {
    await writing({ 'weights.bin': 'one' })(beside);
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.tex'), 'mine');
  };
  await expect(writeExport(folder, {}, late)).rejects.toThrow(refusal);
  expect(await files()).toEqual(['thesis.tex']);
  expect(await readdir(parent)).toEqual(['model']);
});

it('keeps the earlier export if writing fails, and removes the incomplete one', async () => {
  await writeExport(folder, {}, writing({ 'weights.bin': 'one' }));
  const failing = async (beside: string) => {
    await writing({ 'weights.bin': 'two' })(beside);
    throw new Error('disk full');
  };
  await expect(writeExport(folder, {}, failing)).rejects.toThrow('disk full');
  expect(await readFile(join(folder, 'weights.bin'), 'utf8')).toBe('one');
  expect(await readdir(parent)).toEqual(['model']);
});

// --- helpers ---

function writing(contents: Record<string, string>) {
  return async (beside: string) => {
    for (const [path, content] of Object.entries(contents)) {
      await mkdir(join(beside, path, '..'), { recursive: true });
      await writeFile(join(beside, path), content);
    }
  };
}

async function files(): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}
