import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { isRunning } from '../../infra/process-identity.ts';
import { projectRoot } from '../../infra/project.ts';
import { stopStack } from '../../infra/stack/open-stack.ts';
import { readStackState } from '../../infra/stack/stack-state.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { smallArchive } from '../activities/small-archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { trainersOf } from '../trainer/trainers.ts';
import { Terminal } from './terminal.ts';

// Seconds on a machine that has nothing else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const CTRL_C = '\u0003';

let folder: string;
let state: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terminal-'));
  state = join(folder, 'state');
  await writeFile(join(folder, 'small.tar.gz'), await smallArchive());
  const store = await freshBucket();
  env = {
    STAGED_STUDY_STATE: state,
    STAGED_STUDY_CACHE: join(folder, 'cache'),
    CIFAR10_ARCHIVE: join(folder, 'small.tar.gz'),
    // The suite's store: starting another MinIO would only cost time.
    S3_ENDPOINT: store.endpoint,
    S3_ACCESS_KEY: store.accessKey,
    S3_SECRET_KEY: store.secretKey,
    S3_BUCKET: store.bucket,
  };
});
afterAll(async () => {
  await stopStack(state);
  await rm(folder, { recursive: true });
});

it('keeps the stack after the study until Ctrl-C, and ends with the exit code of the study', async () => {
  const terminal = await run('short', 1);
  await terminal.until(/The stack stays up until Ctrl-C\./);
  expect(terminal.printed).toMatch(/ 1 {2}narrow +\d+\.\d\d % \(epoch 1\) {2}winner/);
  const processes = stackProcesses();
  expect(processes.every(isRunning)).toBe(true);
  const [page] = /http:\S+\/workflows\/short-small-1/.exec(terminal.printed) ?? [''];
  expect((await fetch(page)).ok).toBe(true);
  terminal.type(CTRL_C);
  expect(await terminal.ended).toBe(0);
  expect(processes.filter(isRunning)).toEqual([]);
});

// Last, because its study would resume with the next stack of the same state folder.
it('stops everything at Ctrl-C during a study, and ends with 130', async () => {
  const terminal = await run('endless', 10_000);
  await terminal.until(/· {2}narrow +epoch \d+ of 10000, .*images\/s/);
  const processes = stackProcesses();
  const trainers = processes.flatMap(({ pid }) => trainersOf(pid));
  expect(trainers).toHaveLength(1);
  terminal.type(CTRL_C);
  expect(await terminal.ended).toBe(130);
  expect(terminal.printed).toMatch(/Stopped\. To resume the study, run the same command again\.\n$/);
  expect([...processes, ...trainers].filter(isRunning)).toEqual([]);
});

// --- helpers ---

async function run(name: string, epochs: number): Promise<Terminal> {
  const study: StudyInput = {
    name,
    title: `A study of ${epochs} epochs`,
    base: { epochs },
    stages: [
      {
        kind: 'compare',
        name: 'width',
        question: 'How wide?',
        candidates: [{ name: 'narrow', change: { network: { kind: 'dense', hidden: [8] } } }],
      },
    ],
    profiles: { small: { description: 'Seconds.', trainImages: 200, testImages: 100, epochDivisor: 1 } },
  };
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(study));
  const command = [process.execPath, join(projectRoot, 'client', 'staged-study.mjs'), 'run', file];
  return new Terminal(command, env);
}

/** The supervisor, the server and the workers, from the state folder. */
function stackProcesses() {
  const record = readStackState(state);
  if (!record) throw new Error(`expected a stack in ${state}, found none`);
  return [record.supervisor, ...record.processes.map(({ identity }) => identity)];
}
