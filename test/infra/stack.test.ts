import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { StoreAddress } from '../../infra/configuration.ts';
import { isRunning } from '../../infra/process-identity.ts';
import { inspectStack } from '../../infra/stack/inspect-stack.ts';
import { type OpenStack, openStack, stackStatus, stopStack } from '../../infra/stack/open-stack.ts';
import { readRecord, type StackRecord } from '../../infra/stack/stack-state.ts';
import { prepareStateFolder } from '../../infra/stack/state-folder.ts';
import { UserError } from '../../infra/user-error.ts';
import { forkScript } from './fork-script.ts';

const fakeWorker = fileURLToPath(new URL('fake-worker.mjs', import.meta.url));
const failingWorker = fileURLToPath(new URL('failing-worker.mjs', import.meta.url));

let stateFolder: string;
beforeEach(() => {
  stateFolder = join(mkdtempSync(join(tmpdir(), 'stack-')), 'state');
});
afterEach(async () => {
  await stopStack(stateFolder);
  rmSync(join(stateFolder, '..'), { recursive: true });
});

interface Options {
  keepAfterExit?: boolean;
  store?: StoreAddress;
  worker?: string;
}

/** What the starts of a test have waited for. */
let progress: string[];
beforeEach(() => {
  progress = [];
});

function open({ keepAfterExit = false, store, worker = fakeWorker }: Options = {}): Promise<OpenStack> {
  return openStack({
    configuration: { kind: 'embedded', stateFolder, store },
    keepAfterExit,
    onProgress: (doing) => progress.push(doing),
    workers: [{ name: 'The fake worker', path: worker }],
  });
}

function record(): StackRecord {
  const found = readRecord(stateFolder);
  if (!found) throw new Error(`no record in ${stateFolder}`);
  return found;
}

function identities({ supervisor, processes }: StackRecord) {
  return [supervisor, ...processes.map(({ identity }) => identity)];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(50);
}

test('a stack starts, is shared, and stops with its last user', async () => {
  const first = await open();
  expect(first.startedHere).toBe(true);
  const second = await open();
  expect(second).toMatchObject({ startedHere: false, temporal: first.temporal, store: first.store });

  expect((await fetch(first.temporal.uiUrl)).ok).toBe(true);
  expect((await fetch(first.store.consoleUrl ?? '')).ok).toBe(true);

  expect(statSync(stateFolder).mode & 0o777).toBe(0o700);
  expect(statSync(join(stateFolder, 'credentials.json')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(stateFolder, 'logs', 'fake-worker.log'), 'utf8')).toContain(
    `${first.temporal.address} ${first.store.endpoint} staged-study ${first.store.consoleUrl}`,
  );
  expect(stackStatus(stateFolder)).toBe('ready');

  const running = identities(record());
  expect(running).toHaveLength(4);
  expect(await first.stop()).toBe(false);
  expect(running.every(isRunning)).toBe(true);
  expect(await second.stop()).toBe(true);
  expect(running.some(isRunning)).toBe(false);
  expect(stackStatus(stateFolder)).toBeUndefined();

  progress = [];
  const again = await open();
  expect(progress).toEqual(['starting the Temporal server and MinIO', 'starting the workers']);
  expect(again.store).toEqual(first.store);
  expect(again.temporal).toEqual(first.temporal);
});

test('a stack that is kept outlives its users, and stops when it is told to, which its users hear', async () => {
  const up = await open({ keepAfterExit: true });
  expect(await up.stop()).toBe(false);
  const used = await open();
  expect(used.startedHere).toBe(false);
  expect(await used.stop()).toBe(false);
  const running = identities(record());
  expect(running.every(isRunning)).toBe(true);

  const { lost } = await open();
  const hears = once(lost, 'abort');
  expect(await stopStack(stateFolder)).toBe(true);
  expect(running.some(isRunning)).toBe(false);
  expect(await stopStack(stateFolder)).toBe(false);
  await hears;
  expect(lost.reason).toBeInstanceOf(UserError);
  expect(lost.reason.message).toBe(
    'The stack was told to stop. The same command again brings it up and goes on.',
  );
});

test('of two that start at the same time one wins, and the other uses it', async () => {
  const [one, other] = await Promise.all([open(), open()]);
  expect([one.startedHere, other.startedHere].sort()).toEqual([false, true]);
  expect(one.temporal).toEqual(other.temporal);
});

test('a stack ends with a user that was killed, and the next one waits for its end', async () => {
  const user = forkScript(new URL('using-process.ts', import.meta.url), [stateFolder, fakeWorker]);
  await once(user, 'message');
  const running = identities(record());
  user.kill('SIGKILL');
  await until(() => record().phase === 'stopping');
  const after = await open();
  expect(after.startedHere).toBe(true);
  expect(running.some(isRunning)).toBe(false);
  // Said once, however long it took.
  expect(progress.filter((doing) => doing.startsWith('waiting'))).toEqual([
    'waiting for the last stack to stop',
  ]);
});

test('what a killed supervisor has left is ended before a new start', async () => {
  const first = await open();
  const left = identities(record());
  process.kill(record().supervisor.pid, 'SIGKILL');
  await until(() => !isRunning(record().supervisor));
  expect(left.slice(1).every(isRunning)).toBe(true);
  const second = await open();
  expect(second).toMatchObject({ startedHere: true, temporal: first.temporal, store: first.store });
  expect(left.some(isRunning)).toBe(false);
});

test('a supervisor that was killed takes nothing from who uses the stack, whose last user then ends what is left', async () => {
  const first = await open();
  const second = await open();
  const left = identities(record());
  process.kill(record().supervisor.pid, 'SIGKILL');
  await until(() => !isRunning(record().supervisor));
  expect(await first.stop()).toBe(false);
  expect(left.slice(1).every(isRunning)).toBe(true);
  expect(second.lost.aborted).toBe(false);
  expect(await second.stop()).toBe(true);
  expect(left.some(isRunning)).toBe(false);
});

test('who uses a stack hears that it was killed', async () => {
  const used = await open();
  const lost = once(used.lost, 'abort');
  for (const { pid } of identities(record())) process.kill(pid, 'SIGKILL');
  await lost;
  expect(used.lost.reason.message).toMatch(/its supervisor \(process \d+\) was killed.*Its logs: .*logs$/);
});

test('a record that cannot be written keeps no stack from stopping', async () => {
  const used = await open();
  const running = identities(record());
  // The name of the file that a new record is first written to.
  mkdirSync(join(stateFolder, `stack.json.${record().supervisor.pid}`));
  expect(await used.stop()).toBe(true);
  expect(running.some(isRunning)).toBe(false);
  expect(record().phase).toBe('ready');
});

test('a stack whose folder is deleted ends', async () => {
  await open();
  const running = identities(record());
  // Its servers still write there.
  rmSync(stateFolder, { recursive: true, maxRetries: 20, retryDelay: 10 });
  await until(() => !running.some(isRunning));
});

test('a worker that dies is started again', async () => {
  await open();
  const worker = () => record().processes.find(({ name }) => name === 'The fake worker')?.identity;
  const died = worker();
  process.kill(died?.pid ?? 0, 'SIGKILL');
  await until(() => worker()?.pid !== died?.pid);
  expect(identities(record()).every(isRunning)).toBe(true);
});

test('ports that are taken are replaced, and it is said', async () => {
  const before = await open();
  await before.stop();
  const portOf = ({ temporal }: OpenStack) => Number(temporal.address.split(':')[1]);
  const taken = [portOf(before), 7233].map((port) => createServer().listen(port, '127.0.0.1'));
  // The usual port may be taken by somebody else already.
  await Promise.allSettled(taken.map((server) => once(server, 'listening')));
  try {
    progress = [];
    const after = await open();
    expect([portOf(before), 7233]).not.toContain(portOf(after));
    expect(after.store.endpoint).toBe(before.store.endpoint);
    expect(progress).toContain(`ports that are taken are replaced: 7233 by ${portOf(after)}`);
  } finally {
    for (const server of taken) server.close();
  }
});

test('doctor tells where a stack is, since when, and who uses it', async () => {
  const inspect = () => inspectStack({ kind: 'embedded', stateFolder, store: undefined });
  expect(inspect()).toMatchObject([
    { name: 'State folder', found: true, detail: expect.stringMatching(/^\/.*\d GB free on its disk$/) },
    { name: 'Stack', found: false, required: false, detail: 'not up' },
  ]);
  const used = await open({ keepAfterExit: true });
  expect(inspect()[1]).toMatchObject({ name: 'Stack', found: true });
  const detail = inspect()[1]?.detail ?? '';
  expect(detail).toMatch(/^ready, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d; Temporal 127/);
  for (const address of [
    used.temporal.address,
    used.temporal.uiUrl,
    used.store.endpoint,
    used.store.consoleUrl,
  ])
    expect(detail).toContain(address);
  expect(detail).toMatch(new RegExp(`; used by .*\\(process ${process.pid}\\), up$|; used by up, .*$`));
  await used.stop();
  expect(inspect()[1]?.detail).toMatch(/; used by up$/);

  process.kill(record().supervisor.pid, 'SIGKILL');
  await until(() => !isRunning(record().supervisor));
  expect(inspect()[1]).toMatchObject({
    found: false,
    detail: expect.stringContaining('was killed still run'),
  });
});

test('doctor tells of a state folder that cannot be read', () => {
  mkdirSync(stateFolder);
  writeFileSync(join(stateFolder, 'stack.json'), '{');
  expect(inspectStack({ kind: 'embedded', stateFolder, store: undefined })[1]).toMatchObject({
    found: false,
    detail: expect.stringMatching(/stack\.json is damaged/),
  });
  rmSync(join(stateFolder, 'stack.json'));
});

test("a part that does not start is named, with the end of its log, and the others don't stay", async () => {
  const error = await open({ worker: failingWorker }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toMatch(
    /^The fake worker ended with exit code 3 while it was starting\. It printed:\nno luck today\nIts log: .*failing-worker\.log$/,
  );
  const running = identities(record());
  await until(() => !running.some(isRunning));
});

test('a configured store is used instead of MinIO, and not mixed up with it', async () => {
  const store = inject('store');
  const opened = await open({ store });
  expect(opened.store).toEqual({ ...store, consoleUrl: undefined });
  expect(record().processes.map(({ name }) => name)).toEqual(['The Temporal server', 'The fake worker']);
  await expect(open()).rejects.toThrow(/uses http.* but configured is its own MinIO/);
});

test.each([
  [{ accessKey: 'nobody' }, /does not know the access key.*S3_ACCESS_KEY/],
  [{ secretKey: 'not-the-secret' }, /secret key does not fit.*S3_SECRET_KEY/],
  [{ endpoint: 'http://127.0.0.1:1' }, /can't be used: .*S3_ENDPOINT/],
])('a store that does not work is said so: %o', async (change, message) => {
  const opening = open({ store: { ...inject('store'), ...change } });
  await expect(opening).rejects.toThrow(UserError);
  await expect(opening).rejects.toThrow(message);
});

test('a state folder that cannot be used is named', async () => {
  const file = join(stateFolder, '..', 'file');
  writeFileSync(file, '');
  const usable = stateFolder;
  stateFolder = join(file, 'state');
  const expected = (how: string, path: string) =>
    new UserError(
      `The state folder can't be ${how}: ${path} (ENOTDIR). Is it another user's? ` +
        'Make it yours, or set STAGED_STUDY_STATE to another folder.',
    );
  await expect(open()).rejects.toThrow(expected('written', stateFolder));
  const read = expected('read', join(stateFolder, 'stack.json'));
  expect(() => stackStatus(stateFolder)).toThrow(read);
  await expect(stopStack(stateFolder)).rejects.toThrow(read);
  stateFolder = usable;
});

test('a folder that is there already keeps its permissions', () => {
  mkdirSync(stateFolder, { mode: 0o755 });
  prepareStateFolder(stateFolder, true);
  expect(statSync(stateFolder).mode & 0o777).toBe(0o755);
});

test('damaged credentials are not replaced silently', async () => {
  mkdirSync(stateFolder);
  writeFileSync(join(stateFolder, 'credentials.json'), '{');
  await expect(open()).rejects.toThrow(/credentials\.json is damaged\. Delete it/);
});
