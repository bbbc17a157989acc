import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { diskOf } from '../../infra/disk.ts';
import { blobKey, checkpointsPrefix, STUDIES_PREFIX } from '../../storage/keys.ts';
import type { ObjectStore, StoredObject } from '../../storage/object-store.ts';
import { command } from './command.ts';
import { pidOf, type StackProcess, trainersOf } from './processes.ts';

/** What a fault is injected into. */
export interface Target {
  stateFolder: string;
  studyId: string;
  client: Client;
  store: ObjectStore;
  /** Seconds after which a silent attempt counts as dead. */
  heartbeatSeconds: number;
  random: RandomGenerator;
}

export interface Fault {
  name: string;
  /** Whether epochs that were announced as trained may be trained again. */
  losesCheckpoints?: true;
  /** @returns whether there was something to disturb. */
  inject(target: Target): Promise<boolean>;
}

/** All faults, by what an operator, a machine or a disk may do. */
export const faults: readonly Fault[] = [
  { name: 'SIGKILL of a trainer', inject: async (target) => signal(aTrainer(target), 'SIGKILL') },
  kill('The training worker'),
  kill('The control worker'),
  kill('The Temporal server'),
  kill('MinIO'),
  {
    name: 'SIGKILL of the supervisor',
    inject: async ({ stateFolder }) => signal(pidOf(stateFolder, 'supervisor'), 'SIGKILL'),
  },
  {
    name: 'SIGTERM of the training worker',
    inject: async ({ stateFolder }) => signal(pidOf(stateFolder, 'The training worker'), 'SIGTERM'),
  },
  {
    name: 'SIGTERM of the control worker',
    inject: async ({ stateFolder }) => signal(pidOf(stateFolder, 'The control worker'), 'SIGTERM'),
  },
  {
    name: 'a trainer stands still for longer than the heartbeat',
    inject: (target) => standStill(aTrainer(target), 1.5 * target.heartbeatSeconds),
  },
  {
    name: 'the training worker stands still for longer than the heartbeat',
    inject: (target) =>
      standStill(pidOf(target.stateFolder, 'The training worker'), 1.5 * target.heartbeatSeconds),
  },
  {
    name: 'MinIO stands still for longer than the heartbeat',
    inject: (target) => standStill(pidOf(target.stateFolder, 'MinIO'), 1.5 * target.heartbeatSeconds),
  },
  {
    name: 'Temporal stands still for longer than the heartbeat',
    inject: (target) =>
      standStill(pidOf(target.stateFolder, 'The Temporal server'), 1.5 * target.heartbeatSeconds),
  },
  damage('truncated', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2))),
  damage('flipped in a byte', (bytes) => {
    const flipped = Buffer.from(bytes);
    const middle = Math.floor(flipped.length / 2);
    flipped[middle] = (flipped[middle] as number) ^ 1;
    return flipped;
  }),
  damage('deleted', () => undefined),
  {
    name: 'a trial is cancelled by hand',
    inject: (target) => onATrial(target, (id) => target.client.workflow.getHandle(id).cancel()),
  },
  {
    name: 'a trial is terminated by hand',
    inject: (target) => onATrial(target, (id) => target.client.workflow.getHandle(id).terminate('a fault')),
  },
  {
    name: 'a trial is reset by hand',
    inject: (target) => onATrial(target, (id) => resetToStart(target, id)),
  },
  {
    name: 'the study is reset by hand',
    inject: async (target) => {
      await resetToStart(target, target.studyId);
      return true;
    },
  },
  {
    name: 'the study is paused and resumed',
    async inject({ studyId }) {
      const paused = await command(['pause', studyId]);
      await pause(3000);
      const resumed = await command(['resume', studyId]);
      return paused.code === 0 && resumed.code === 0;
    },
  },
  {
    name: "a trial's activity is paused and unpaused",
    inject: (target) => onATrial(target, (id) => pauseActivities(target, id)),
  },
];

/** Faults that last for a minute, each at a moment of its own. */
export const longFaults: readonly Fault[] = [
  away('while trials train', ({ stateFolder }) => trainersOf(stateFolder).length > 0),
  away('while a checkpoint is stored', newBlob()),
  away('while the record is written', async ({ store, studyId }) => {
    const tests = await store.list(`${STUDIES_PREFIX}${studyId}/tests/`);
    return tests.length > 0;
  }),
];

/** Needs a small disk of its own. The stack stops, and `run` with it, until there is space again. */
export const fullDisk: Fault = {
  name: 'the disk is full',
  async inject({ stateFolder }) {
    const ballast = join(stateFolder, 'ballast');
    const bytes = diskOf(stateFolder).freeBytes - FREE_ON_FULL_DISK;
    await promisify(execFile)('fallocate', ['--length', String(bytes), ballast]);
    await pause(8000);
    await rm(ballast);
    return true;
  },
};

/**
 * Everything at once, as when a machine loses its power.
 *
 * @param isMoment waits for it.
 */
export function killEverything(when: string, isMoment: (target: Target) => Promise<boolean>): Fault {
  return {
    name: `SIGKILL of everything ${when}`,
    async inject(target) {
      while (!(await isMoment(target))) await pause(200);
      const { stateFolder } = target;
      const trainers = trainersOf(stateFolder);
      const processes = EVERYTHING.map((name) => pidOf(stateFolder, name));
      // The supervisor first, so that it stops nothing in good order.
      return [...processes, ...trainers].map((pid) => signal(pid, 'SIGKILL')).every(Boolean);
    },
  };
}

// --- helpers ---

const EVERYTHING = [
  'supervisor',
  'The Temporal server',
  'MinIO',
  'The control worker',
  'The training worker',
] as const;
const AWAY_SECONDS = 60;
const FREE_ON_FULL_DISK = 20_000_000;

function away(when: string, isMoment: (target: Target) => boolean | Promise<boolean>): Fault {
  return {
    name: `MinIO is away for a minute ${when}`,
    async inject(target) {
      while (!(await isMoment(target))) await pause(20);
      return standStill(pidOf(target.stateFolder, 'MinIO'), AWAY_SECONDS);
    },
  };
}

/** Whether a blob was stored since the last call. */
function newBlob(): (target: Target) => Promise<boolean> {
  let before: number | undefined;
  return async ({ store }) => {
    const { length } = await store.list('blobs/');
    const isNew = before !== undefined && length > before;
    before = length;
    return isNew;
  };
}

/** Runs a workflow again from its first task, as *Reset* in the UI does. */
async function resetToStart({ client }: Target, workflowId: string): Promise<void> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const execution = raw.workflowExecutionInfo?.execution ?? { workflowId };
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const first = events?.find(({ workflowTaskCompletedEventAttributes: completed }) => completed);
  if (!first?.eventId) return;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: execution,
    reason: 'a fault',
    workflowTaskFinishEventId: first.eventId,
    requestId: randomUUID(),
  });
}

function kill(name: StackProcess): Fault {
  return {
    name: `SIGKILL of ${name.replace('The', 'the')}`,
    inject: async ({ stateFolder }) => signal(pidOf(stateFolder, name), 'SIGKILL'),
  };
}

/** Damages what a trainer would resume from, and then kills the trainers, so that one has to resume. */
function damage(how: string, change: (bytes: Buffer) => Buffer | undefined): Fault {
  return {
    name: `the newest checkpoint is ${how}`,
    losesCheckpoints: true,
    async inject({ stateFolder, store }) {
      const newest = await newestCheckpoint(store);
      const trainers = trainersOf(stateFolder);
      if (!newest || trainers.length === 0) return false;
      const manifest = JSON.parse(newest.body.toString());
      const key = blobKey(manifest.weights.sha256);
      const blob = await store.get(key);
      if (!blob) return false;
      const changed = change(blob.body);
      if (changed) await store.put(key, changed);
      else await store.delete(key);
      for (const trainer of trainers) signal(trainer, 'SIGKILL');
      return true;
    },
  };
}

async function newestCheckpoint(store: ObjectStore): Promise<StoredObject | undefined> {
  const keys = (await store.list('trials/')).map(({ key }) => key).filter(isCheckpoint);
  const dated = await Promise.all(
    keys.map(async (key) => ({ key, at: (await store.stat(key))?.lastModified.getTime() ?? 0 })),
  );
  const [newest] = dated.sort((one, other) => other.at - one.at);
  return newest && store.get(newest.key);
}

function isCheckpoint(key: string): boolean {
  return key.startsWith(checkpointsPrefix(key.split('/')[1] as string));
}

function aTrainer({ stateFolder, random }: Target): number | undefined {
  return oneOf(random, trainersOf(stateFolder));
}

export function oneOf<T>(random: RandomGenerator, all: readonly T[]): T | undefined {
  return all.length === 0 ? undefined : all[uniformInt(random, 0, all.length - 1)];
}

function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    // It has ended in the meantime.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function standStill(pid: number | undefined, seconds: number): Promise<boolean> {
  if (!signal(pid, 'SIGSTOP')) return false;
  await pause(1000 * seconds);
  signal(pid, 'SIGCONT');
  return true;
}

/** @returns false if no trial is running, or the one that was chosen has just ended. */
async function onATrial(
  { client, studyId, random }: Target,
  act: (workflowId: string) => Promise<unknown>,
): Promise<boolean> {
  const running: string[] = [];
  const query = `ExecutionStatus = 'Running' AND StudyId = '${studyId}' AND TrialStatus = 'training'`;
  for await (const { workflowId } of client.workflow.list({ query })) running.push(workflowId);
  const id = oneOf(random, running.sort());
  if (id === undefined) return false;
  try {
    await act(id);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function pauseActivities({ client }: Target, workflowId: string): Promise<void> {
  const { pendingActivities } = (await client.workflow.getHandle(workflowId).describe()).raw;
  const request = { namespace: client.options.namespace, execution: { workflowId }, identity: 'test' };
  for (const { activityId } of pendingActivities ?? []) {
    if (!activityId) continue;
    await client.workflowService.pauseActivity({ ...request, id: activityId });
    await pause(2000);
    await client.workflowService.unpauseActivity({ ...request, id: activityId });
  }
}
