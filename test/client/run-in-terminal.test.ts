import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRunning } from '../../infra/process-identity.ts';
import { projectRoot } from '../../infra/project.ts';
import { stopStack } from '../../infra/stack/open-stack.ts';
import { readStackState } from '../../infra/stack/stack-state.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import { smallArchive } from '../activities/small-archive.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { trainersOf } from '../trainer/trainers.ts';
import { Terminal } from './terminal.ts';

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
  const terminal = await run('short', 1, 4);
  await terminal.until(/The stack stays up until Ctrl-C\./);
  // Complete, although it is taller than the terminal.
  expect(terminal.printed).toMatch(
    /: short-small-1, profile small\n(.*\n)+ +1 {2}narrow +\d+\.\d\d % \(epoch 1\) {2}winner/,
  );
  const processes = stackProcesses();
  expect(processes.every(isRunning)).toBe(true);
  const [page] = /http:\S+\/workflows\/short-small-1/.exec(terminal.printed) ?? [''];
  expect((await fetch(page)).ok).toBe(true);
  terminal.type(CTRL_C);
  expect(await terminal.ended).toBe(0);
  expect(processes.filter(isRunning)).toEqual([]);
});

it('shows an ended study without a stack, and starts no worker that trains', async () => {
  const watched = await command('watch', 'short-small-1');
  expect(watched, watched.err).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^No stack is up\. .*trains nothing\.\n/),
  });
  expect(watched.out).toMatch(/\nwinner: +narrow, .*\n(?:.*\n)*report: .*report short-small-1\n/);
  expect(workers()).toEqual(['The query worker']);
  const listed = await command('list');
  expect(listed, listed.err).toMatchObject({
    code: 0,
    out: expect.stringMatching(/short-small-1 +completed/),
    err: expect.stringMatching(/^No stack is up\. .*without workers\.\n/),
  });
  expect(workers()).toEqual([]);
  expect(stackProcesses().filter(isRunning)).toEqual([]);
});

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

// Continues the study of the test before.
it('reads an unfinished study without a stack, changes nothing, and can cancel it', async () => {
  const epochs = async () => {
    const { code, out } = await command('show', 'endless-small-1', 'narrow', '--json');
    expect(code).toBe(0);
    expect(workers()).toEqual(['The query worker']);
    return JSON.parse(out).lines;
  };
  const before = await epochs();
  expect(before.length).toBeGreaterThan(0);
  const status = await command('status', 'endless-small-1');
  expect(status, status.err).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^endless-small-1: running\n/),
    err: expect.stringMatching(/\nendless-small-1 does not continue until a stack is up\. .* up\n$/),
  });
  const listed = await command('list');
  expect(listed, listed.err).toMatchObject({
    code: 0,
    out: expect.stringMatching(/\nendless-small-1 +running /),
    err: expect.stringMatching(/\nendless-small-1 does not continue until a stack is up\. .* up\n$/),
  });
  const watched = await command('watch', 'endless-small-1');
  expect(watched, watched.err).toMatchObject({
    code: 1,
    out: expect.stringMatching(/endless-small-1[\s\S]*narrow/),
    err: expect.stringMatching(
      /\nwatch: expected a stack that trains, found none; start one first: .* up\n$/,
    ),
  });
  expect(await epochs()).toEqual(before);

  const terminal = await run('endless', 10_000);
  await terminal.until(/Resuming the unfinished study endless-small-1\./);
  await terminal.until(/· {2}narrow +epoch \d+ of 10000, .*images\/s/);
  terminal.type(CTRL_C);
  expect(await terminal.ended).toBe(130);
  const after = await epochs();
  expect(after.length).toBeGreaterThan(before.length);
  expect(after.slice(0, before.length)).toEqual(before);

  const cancelled = await command('cancel', 'endless-small-1');
  expect(cancelled, cancelled.err).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^endless-small-1: cancelled\n/),
  });
  expect(workers()).toEqual(['The query worker']);
  const outcome = await command('watch', 'endless-small-1');
  expect(outcome, outcome.err).toMatchObject({
    code: 1,
    out: expect.stringMatching(/\nendless-small-1: cancelled/),
  });
});

// --- helpers ---

/** Runs a command of the program without a terminal. */
function command(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(projectRoot, 'client', 'staged-study.mjs'), ...args], {
    env: { ...process.env, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

/** Those of the last stack. */
function workers(): string[] {
  const { processes = [] } = readStackState(state) ?? {};
  return processes.map(({ name }) => name).filter((name) => name.endsWith(' worker'));
}

async function run(name: string, epochs: number, rows?: number): Promise<Terminal> {
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
  return new Terminal(command, env, rows);
}

/** The supervisor, the server and the workers, from the state folder. */
function stackProcesses() {
  const record = readStackState(state);
  if (!record) throw new Error(`expected a stack in ${state}, found none`);
  return [record.supervisor, ...record.processes.map(({ identity }) => identity)];
}
