import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowBundle } from '../../workers/workflow-bundle.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'workflow-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const made = (sources: string) => workflowBundle(folder, Promise.resolve(sources));
const madeAt = () => statSync(join(folder, 'bundle.json')).mtimeMs;

test('the bundle is made again only if a source has changed or the kept one is damaged', async () => {
  const { code } = await made('first');
  expect(code).toContain('studyWorkflow');
  const first = madeAt();
  expect(await made('first')).toEqual({ code });
  expect(madeAt()).toBe(first);

  await made('changed');
  const second = madeAt();
  expect(second).toBeGreaterThan(first);

  writeFileSync(join(folder, 'bundle.json'), '{"version":"chang');
  expect((await made('changed')).code).toContain('studyWorkflow');
  expect(readdirSync(folder)).toEqual(['bundle.json']);
});

test('a folder that can not be written does not keep a worker from starting', async () => {
  writeFileSync(join(folder, 'a-file'), '');
  const { code } = await workflowBundle(join(folder, 'a-file'), Promise.resolve('first'));
  expect(code).toContain('studyWorkflow');
});
