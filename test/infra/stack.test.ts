import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, test as base, beforeAll, describe, expect, inject } from 'vitest';
import { isRunning } from '../../infra/process-identity.ts';
import { inspectStack } from '../../infra/stack/inspect-stack.ts';
import { type OpenStack, openStack, stackStatus, stopStack } from '../../infra/stack/open-stack.ts';
import type { StackLevel } from '../../infra/stack/stack-level.ts';
import { readStackState, type StackState } from '../../infra/stack/stack-state.ts';
import { prepareStateFolder, statePaths } from '../../infra/stack/state-folder.ts';
import { UserError } from '../../infra/user-error.ts';
import type { StoreConfig } from '../../storage/minio/store-config.ts';
import { carelessStore } from '../storage/careless-store.ts';
import { freshBucket } from '../storage/fresh-stores.ts';
import { forkScript } from './fork-script.ts';

const FAKE_WORKER = fileURLToPath(new URL('fake-worker.mjs', import.meta.url));
const FAILING_WORKER = fileURLToPath(new URL('failing-worker.mjs', import.meta.url));

// Every test has its own state folder, so all run at the same time. They would compete for the usual ports, so these are
// taken here, if nobody else has taken them.
let taken: Server[];
beforeAll(async () => {
  taken = [7233, 8233, 9000, 9001].map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.allSettled(taken.map((server) => once(server, 'listening')));
});
afterAll(() => {
  for (const server of taken) server.close();
});

interface Options {
  level?: StackLevel;
  keepAfterExit?: boolean;
  store?: StoreConfig;
  worker?: string;
}

/** The stack of a test's state folder. */
class TestStack {
  readonly folder = mkdtempSync(join(tmpdir(), 'stack-'));
  readonly stateFolder = join(this.folder, 'state');
  /** What its starts have waited for. */
  progress: string[] = [];

  open(options: Options = {}): Promise<OpenStack> {
    const { level = 'training', keepAfterExit = false, store, worker = FAKE_WORKER } = options;
    return openStack({
      configuration: { kind: 'embedded', stateFolder: this.stateFolder, store },
      level,
      keepAfterExit,
      onProgress: (doing) => this.progress.push(doing),
      workers: {
        queries: [{ name: 'The fake query worker', path: FAKE_WORKER }],
        training: [{ name: 'The fake worker', path: worker }],
      },
    });
  }

  get state(): StackState {
    const found = readStackState(this.stateFolder);
    if (!found) throw new Error(`no stack.json in ${this.stateFolder}`);
    return found;
  }

  /** The supervisor first. */
  identities() {
    const { supervisor, processes } = this.state;
    return [supervisor, ...processes.map(({ identity }) => identity)];
  }

  get workers(): string[] {
    return this.state.processes.map(({ name }) => name).filter((name) => name.endsWith(' worker'));
  }

  log(name: string): string {
    return readFileSync(join(statePaths(this.stateFolder).logs, `${name}.log`), 'utf8');
  }

  async killSupervisor(): Promise<void> {
    const { supervisor } = this.state;
    process.kill(supervisor.pid, 'SIGKILL');
    await until(() => !isRunning(supervisor));
  }

  inspect() {
    return inspectStack({ kind: 'embedded', stateFolder: this.stateFolder, store: undefined });
  }
}

const test = base.extend<{ stack: TestStack }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructured parameter
  stack: async ({}, use) => {
    const stack = new TestStack();
    await use(stack);
    await stopStack(stack.stateFolder);
    rmSync(stack.folder, { recursive: true });
  },
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(50);
}

describe.concurrent('a stack', () => {
  test('starts, is shared, stops with its last user, and restarts at the same addresses', async ({
    stack,
  }) => {
    const { stateFolder } = stack;
    const first = await stack.open();
    expect(first.startedHere).toBe(true);
    const second = await stack.open();
    expect(second).toMatchObject({ startedHere: false, temporal: first.temporal, store: first.store });

    expect((await fetch(first.temporal.uiUrl)).ok).toBe(true);
    expect((await fetch(first.store.consoleUrl ?? '')).ok).toBe(true);

    expect(statSync(stateFolder).mode & 0o777).toBe(0o700);
    expect(statSync(join(stateFolder, 'credentials.json')).mode & 0o777).toBe(0o600);
    expect(stack.log('fake-worker')).toContain(
      `${first.temporal.address} ${first.store.endpoint} staged-study ${first.store.consoleUrl}`,
    );
    expect(stackStatus(stateFolder)).toEqual({ phase: 'ready', trains: true });

    const running = stack.identities();
    expect(running).toHaveLength(4);
    expect(await first.stop()).toBe(false);
    expect(running.every(isRunning)).toBe(true);
    expect(await second.stop()).toBe(true);
    expect(running.some(isRunning)).toBe(false);
    expect(stackStatus(stateFolder)).toBeUndefined();

    stack.progress = [];
    const again = await stack.open();
    expect(stack.progress).toEqual(['starting the Temporal server and MinIO', 'starting the workers']);
    expect(again.store).toEqual(first.store);
    expect(again.temporal).toEqual(first.temporal);
  });

  test('starts no worker for those who need none, and adds workers for those who do', async ({ stack }) => {
    const { stateFolder } = stack;
    const servers = await stack.open({ level: 'servers' });
    expect(servers).toMatchObject({ startedHere: true, level: 'servers' });
    expect(stack.progress).not.toContain('starting the workers');
    expect(stack.workers).toEqual([]);
    expect(stackStatus(stateFolder)).toEqual({ phase: 'ready', trains: false });
    expect(stack.inspect()[1]?.detail).toContain('; without workers that train; ');

    const queries = await stack.open({ level: 'queries' });
    expect(queries).toMatchObject({ startedHere: false, level: 'queries', temporal: servers.temporal });
    expect(stack.workers).toEqual(['The fake query worker']);
    expect(stackStatus(stateFolder)).toMatchObject({ trains: false });

    const training = await stack.open();
    expect(training).toMatchObject({ startedHere: false, level: 'training', temporal: servers.temporal });
    expect(stack.workers).toEqual(['The fake query worker', 'The fake worker']);
    expect(stackStatus(stateFolder)).toMatchObject({ trains: true });
    expect(await stack.open({ level: 'servers' })).toMatchObject({ startedHere: false, level: 'training' });
    for (const { lost } of [servers, queries, training]) expect(lost.aborted).toBe(false);
  });

  test('that trains starts without the worker for queries', async ({ stack }) => {
    await stack.open();
    expect(stack.workers).toEqual(['The fake worker']);
  });

  test('that can add no workers ends, and names the worker to whoever needs it', async ({ stack }) => {
    const reader = await stack.open({ level: 'servers', worker: FAILING_WORKER });
    const lost = once(reader.lost, 'abort');
    await expect(stack.open({ worker: FAILING_WORKER })).rejects.toThrow(
      /^The fake worker ended with exit code 3/,
    );
    await lost;
    await until(() => !stack.identities().some(isRunning));
  });

  test('that is kept outlives its users, and stops on request, of which its users are notified', async ({
    stack,
  }) => {
    const up = await stack.open({ keepAfterExit: true });
    expect(await up.stop()).toBe(false);
    const used = await stack.open();
    expect(used.startedHere).toBe(false);
    expect(await used.stop()).toBe(false);
    const running = stack.identities();
    expect(running.every(isRunning)).toBe(true);

    const { lost } = await stack.open();
    const notified = once(lost, 'abort');
    expect(await stopStack(stack.stateFolder)).toBe(true);
    expect(running.some(isRunning)).toBe(false);
    expect(await stopStack(stack.stateFolder)).toBe(false);
    await notified;
    expect(lost.reason).toBeInstanceOf(UserError);
    expect(lost.reason.message).toBe(
      'The stack was told to stop. Repeat the command to restart it and continue.',
    );
  });

  test('that two processes start at the same time is started once and used by both', async ({ stack }) => {
    const [one, other] = await Promise.all([stack.open(), stack.open()]);
    expect([one.startedHere, other.startedHere].sort()).toEqual([false, true]);
    expect(one.temporal).toEqual(other.temporal);
  });

  test('stops after its only user was killed, and the next start waits for the end of the stop', async ({
    stack,
  }) => {
    const user = forkScript(new URL('using-process.ts', import.meta.url), [stack.stateFolder, FAKE_WORKER]);
    const [message] = await Promise.race([once(user, 'message'), once(user, 'exit')]);
    expect(message).toBe('open');
    const running = stack.identities();
    user.kill('SIGKILL');
    // Once it has decided to stop. Until then, a new user keeps the stack up.
    await until(() => stack.log('supervisor').includes('stopping: nobody uses the stack any more'));
    const after = await stack.open();
    expect(after.startedHere).toBe(true);
    expect(running.some(isRunning)).toBe(false);
    // Reported once, however long it took.
    expect(stack.progress.filter((doing) => doing.startsWith('waiting'))).toEqual([
      'waiting for the previous stack to stop',
    ]);
  });

  test('ends the processes that a killed supervisor has left before it starts', async ({ stack }) => {
    const first = await stack.open();
    const left = stack.identities();
    await stack.killSupervisor();
    expect(left.slice(1).every(isRunning)).toBe(true);
    const second = await stack.open();
    expect(second).toMatchObject({ startedHere: true, temporal: first.temporal, store: first.store });
    expect(left.some(isRunning)).toBe(false);
  });

  test('stays usable after its supervisor was killed, and its last user ends the processes that are left', async ({
    stack,
  }) => {
    const first = await stack.open();
    const second = await stack.open();
    const left = stack.identities();
    await stack.killSupervisor();
    expect(await first.stop()).toBe(false);
    expect(left.slice(1).every(isRunning)).toBe(true);
    expect(second.lost.aborted).toBe(false);
    expect(await second.stop()).toBe(true);
    expect(left.some(isRunning)).toBe(false);
  });

  test('notifies its users if it is killed', async ({ stack }) => {
    const used = await stack.open();
    const lost = once(used.lost, 'abort');
    for (const { pid } of stack.identities()) process.kill(pid, 'SIGKILL');
    await lost;
    expect(used.lost.reason.message).toMatch(/its supervisor \(process \d+\) was killed.*Its logs: .*logs$/);
  });

  test('stops even if its state cannot be written', async ({ stack }) => {
    const used = await stack.open();
    const running = stack.identities();
    // The name of the file to which a new state is written before it is renamed.
    mkdirSync(join(stack.stateFolder, `stack.json.${stack.state.supervisor.pid}`));
    expect(await used.stop()).toBe(true);
    expect(running.some(isRunning)).toBe(false);
    expect(stack.state.phase).toBe('ready');
  });

  test('ends if its folder is deleted', async ({ stack }) => {
    await stack.open();
    const running = stack.identities();
    // Its servers are still writing there.
    rmSync(stack.stateFolder, { recursive: true, maxRetries: 60, retryDelay: 10 });
    await until(() => !running.some(isRunning));
  });

  test('restarts a worker that dies', async ({ stack }) => {
    await stack.open();
    const worker = () => stack.state.processes.find(({ name }) => name === 'The fake worker')?.identity;
    const died = worker();
    process.kill(died?.pid ?? 0, 'SIGKILL');
    await until(() => worker()?.pid !== died?.pid);
    expect(stack.identities().every(isRunning)).toBe(true);
  });

  test('replaces ports that are taken, and reports it', async ({ stack }) => {
    const before = await stack.open();
    await before.stop();
    const portOf = ({ temporal }: OpenStack) => Number(temporal.address.split(':')[1]);
    const server = createServer().listen(portOf(before), '127.0.0.1');
    await once(server, 'listening');
    try {
      stack.progress = [];
      const after = await stack.open();
      // Tests at the same time take and free the usual port, 7233: it may be the one before or after.
      expect(portOf(after)).not.toBe(portOf(before));
      expect(after.store.endpoint).toBe(before.store.endpoint);
      expect(stack.progress).toContainEqual(
        expect.stringMatching(new RegExp(`^replacing ports that are taken: \\d+ by ${portOf(after)}$`)),
      );
    } finally {
      server.close();
    }
  });

  test('is described by doctor: where it is, since when, and who uses it', async ({ stack }) => {
    expect(stack.inspect()).toMatchObject([
      { name: 'State folder', found: true, detail: expect.stringMatching(/^\/.*\d GB free on its disk$/) },
      { name: 'Stack', found: false, required: false, detail: 'not up' },
    ]);
    const { temporal, store, stop } = await stack.open({ keepAfterExit: true });
    expect(stack.inspect()[1]).toMatchObject({ name: 'Stack', found: true });
    const detail = stack.inspect()[1]?.detail ?? '';
    expect(detail).toMatch(/^ready, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d; Temporal 127/);
    for (const address of [temporal.address, temporal.uiUrl, store.endpoint, store.consoleUrl]) {
      expect(detail).toContain(address);
    }
    expect(detail).toMatch(new RegExp(`; used by .*\\(process ${process.pid}\\), up$|; used by up, .*$`));
    await stop();
    expect(stack.inspect()[1]?.detail).toMatch(/; used by up$/);

    await stack.killSupervisor();
    expect(stack.inspect()[1]).toMatchObject({
      found: false,
      detail: expect.stringContaining('was killed are still running'),
    });
  });

  test('with a damaged state file is described by doctor', ({ stack }) => {
    mkdirSync(stack.stateFolder);
    writeFileSync(join(stack.stateFolder, 'stack.json'), '{');
    expect(stack.inspect()[1]).toMatchObject({
      found: false,
      detail: expect.stringMatching(/stack\.json is damaged/),
    });
    rmSync(join(stack.stateFolder, 'stack.json'));
  });

  test('names the process that does not start, with the end of its log, and stops the others', async ({
    stack,
  }) => {
    const error = await stack.open({ worker: FAILING_WORKER }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(
      /^The fake worker ended with exit code 3 while it was starting\. It printed:\nno luck today\nIts log: .*failing-worker\.log$/,
    );
    const running = stack.identities();
    await until(() => !running.some(isRunning));
  });

  test('uses a configured store instead of MinIO, and is not used with another store', async ({ stack }) => {
    const store = inject('store');
    const opened = await stack.open({ store });
    expect(opened.store).toEqual({ ...store, consoleUrl: undefined });
    expect(stack.state.processes.map(({ name }) => name)).toEqual(['The Temporal server', 'The fake worker']);
    await expect(stack.open()).rejects.toThrow(/uses http.* but the configured store is its own MinIO/);
  });

  test.for([
    [{ accessKey: 'nobody' }, /the server does not know it .*S3_ACCESS_KEY/],
    [{ secretKey: 'not-the-secret' }, /the secret key does not match it .*S3_SECRET_KEY/],
    [{ endpoint: 'http://127.0.0.1:1' }, /can't be used now .*S3_ENDPOINT/],
  ] as const)('does not start with an unusable store: %o', async ([change, message], { stack }) => {
    const opening = stack.open({ store: { ...inject('store'), ...change } });
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow(message);
  });

  test('does not start with a store that keeps no two writers apart', async ({ stack }) => {
    const careless = await carelessStore(await freshBucket());
    const opening = stack.open({ store: careless.config });
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow(/ignores conditional writes.*use a server that honours/);
    expect(stack.progress).toEqual([]);
    careless.close();
  });

  test('says at once that a state folder can’t be created', async () => {
    // The system refuses with ENOENT, although the folder above exists.
    const stateFolder = '/proc/staged-study/state';
    const opening = openStack({
      configuration: { kind: 'embedded', stateFolder, store: undefined },
      level: 'training',
      keepAfterExit: false,
      onProgress: () => {},
    });
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow(`The state folder can't be written: ${stateFolder} (ENOENT).`);
  });

  test('does not start in a state folder that cannot be used', async ({ stack }) => {
    const file = join(stack.folder, 'file');
    writeFileSync(file, '');
    const stateFolder = join(file, 'state');
    const expected = (how: string, path: string) =>
      new UserError(
        `The state folder can't be ${how}: ${path} (ENOTDIR). Check its owner and permissions, ` +
          'or set STAGED_STUDY_STATE to another folder.',
      );
    const opening = openStack({
      configuration: { kind: 'embedded', stateFolder, store: undefined },
      level: 'training',
      keepAfterExit: false,
      onProgress: () => {},
    });
    await expect(opening).rejects.toThrow(expected('written', stateFolder));
    const read = expected('read', join(stateFolder, 'stack.json'));
    expect(() => stackStatus(stateFolder)).toThrow(read);
    await expect(stopStack(stateFolder)).rejects.toThrow(read);
  });

  test('keeps the permissions of an existing folder', ({ stack }) => {
    mkdirSync(stack.stateFolder, { mode: 0o755 });
    prepareStateFolder(stack.stateFolder, true);
    expect(statSync(stack.stateFolder).mode & 0o777).toBe(0o755);
  });

  test('does not replace damaged credentials', async ({ stack }) => {
    mkdirSync(stack.stateFolder);
    writeFileSync(join(stack.stateFolder, 'credentials.json'), '{');
    await expect(stack.open()).rejects.toThrow(/credentials\.json is damaged\. Delete it/);
  });
});
