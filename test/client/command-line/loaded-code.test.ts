import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectRoot } from '../../../infra/project.ts';
import { freshBucket } from '../../storage/fresh-stores.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loaded-code-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a command answers fast because it loads only what it uses:', () => {
  it.each([
    ['--help', 0],
    ['--version', 0],
    ['run --help', 0],
    ['list --colour', 2],
    ['run --profile fast', 2],
    ['start no-study', 2],
  ])('%s connects to no server, so it loads no client of one', (command, status) => {
    const run = loadedBy(command.split(' '));
    expect(run.status).toBe(status);
    expect(run.libraries).not.toContain('@temporalio/client');
    expect(run.libraries).not.toContain('minio');
    expect(run.libraries).not.toContain('esbuild');
  });

  it('list loads the clients of both servers, from the bundle, and nothing of the workers', async () => {
    const store = await freshBucket();
    const run = loadedBy(['list'], {
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      S3_ENDPOINT: store.endpoint,
      S3_ACCESS_KEY: store.accessKey,
      S3_SECRET_KEY: store.secretKey,
      S3_BUCKET: store.bucket,
    });
    expect(run.status).toBe(0);
    expect(run.libraries).toEqual(expect.arrayContaining(['@temporalio/client', 'minio']));
    expect(run.libraries).not.toContain('@temporalio/worker');
    expect(run.files.filter((file) => file.includes('/node_modules/'))).toEqual([]);
  });
});

/**
 * Runs a command and asks V8 what it loaded.
 *
 * @returns its exit code, the files, and the names of the packages whose code is in them.
 */
function loadedBy(args: string[], env: Record<string, string> = {}) {
  const coverage = mkdtempSync(join(folder, 'coverage-'));
  const program = join(projectRoot, 'client', 'staged-study.mjs');
  const { status } = spawnSync(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      ...env,
      STAGED_STUDY_STATE: join(folder, 'state'),
      STAGED_STUDY_CACHE: join(folder, 'cache'),
      NODE_V8_COVERAGE: coverage,
    },
  });
  const files = readdirSync(coverage)
    .flatMap((name): { url: string }[] => JSON.parse(readFileSync(join(coverage, name), 'utf8')).result)
    .flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  // esbuild writes above each module where it is from.
  const text = files.map((file) => `// ${file}\n${readFileSync(file, 'utf8')}`).join('\n');
  const libraries = [...text.matchAll(/^\s*\/\/ .*?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm)].map(
    ([, name]) => name as string,
  );
  return { status, files, libraries: [...new Set(libraries)] };
}
