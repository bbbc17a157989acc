/** The storing thread: everything that a trial reads from the store and writes there, beside the thread that computes. */
import { inspect } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { storeConfigFromEnvironment } from '../../storage/minio/store-config.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { describeFailure } from '../describe-failure.ts';
import { StoredTrial } from './stored-trial.ts';
import {
  arraysOf,
  type StoringReply,
  type StoringRequest,
  type StoringTask,
  type StoringTasks,
} from './tasks.ts';
import { trainingExamples } from './training-images.ts';

let opened: ObjectStore | undefined;
const trials = new Map<string, StoredTrial>();

const TASKS: {
  [Task in StoringTask]: (request: StoringTasks[Task]['request']) => Promise<StoringTasks[Task]['answer']>;
} = {
  openExamples: ({ dataset }) => trainingExamples(store(), dataset),
  openTrial({ trial, job }) {
    const stored = new StoredTrial(store(), job);
    trials.set(trial, stored);
    return stored.open();
  },
  async storeEpoch({ trial, epoch, checkpoint }) {
    await known(trial).storeEpoch(epoch, checkpoint);
    return undefined;
  },
  async storeCheckpoint({ trial, checkpoint }) {
    await known(trial).storeCheckpoint(checkpoint);
    return undefined;
  },
  async storeResult({ trial, result }) {
    await known(trial).storeResult(result);
    return undefined;
  },
  async closeTrial({ trial }) {
    trials.delete(trial);
    return undefined;
  },
};

parentPort?.on('message', async ({ id, task, request }: StoringRequest) => {
  const alive = setInterval(() => reply({ id, alive: true }), ALIVE_MS);
  try {
    // TypeScript can't tell that task and request belong together.
    const answer = await TASKS[task](request as never);
    reply({ id, answer });
  } catch (error) {
    reply({ id, ...describeFailure(error), details: inspect(error) });
  } finally {
    clearInterval(alive);
  }
});

// --- helpers ---

const ALIVE_MS = 1_000;

function store(): ObjectStore {
  opened ??= createMinioStore(storeConfigFromEnvironment(process.env));
  return opened;
}

function known(trial: string): StoredTrial {
  const stored = trials.get(trial);
  if (!stored) throw new Error('expected openTrial before other tasks of a trial');
  return stored;
}

function reply(message: StoringReply): void {
  parentPort?.postMessage(message, arraysOf(message));
}
