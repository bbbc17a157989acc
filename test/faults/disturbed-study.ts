import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { EpochsNotice } from '../../activities/workflow-signals.ts';
import { EXIT } from '../../client/command-line/exit-codes.ts';
import { type OpenStack, openStack } from '../../infra/stack/open-stack.ts';
import { createMinioStore } from '../../storage/minio/minio-store.ts';
import { readRecord } from '../../storage/studies.ts';
import type { StudyInput } from '../../study/definition/study-schema.ts';
import type { StudyRecord } from '../../study/record/record.ts';
import { SIGNALS } from '../../temporal/names.ts';
import { command } from './command.ts';
import type { Target } from './faults.ts';

const STUDY_ID = 'faults';
/** A fault may end `run`, for example by killing the supervisor. */
const MOST_RUNS = 100;

export interface DisturbedStudy {
  study: StudyInput;
  /** An empty folder for the stack's state and the study's file. */
  folder: string;
  archive: string;
  heartbeatSeconds: number;
  /** Injects faults until it has injected enough or the study has ended. */
  disturb?: (target: () => Promise<Omit<Target, 'random'>>, ended: AbortSignal) => Promise<void>;
}

export interface Undergone {
  record: StudyRecord;
  /** By trial workflow: the epochs that were announced as trained, in order. */
  announced: Map<string, number[]>;
  stateFolder: string;
}

/**
 * Runs a study on a stack of its own while it is disturbed, as a person would who repeats `run` when it fails and
 * retries what waits. Then stops the stack.
 *
 * @throws if the study fails, or `run` fails too often.
 */
export async function runStudy({
  study,
  folder,
  archive,
  heartbeatSeconds,
  disturb,
}: DisturbedStudy): Promise<Undergone> {
  const stateFolder = join(folder, 'state');
  const file = join(folder, 'faults.json');
  await writeFile(file, JSON.stringify(study));
  Object.assign(process.env, {
    STAGED_STUDY_STATE: stateFolder,
    STAGED_STUDY_CHECKPOINT_SECONDS: '0',
    STAGED_STUDY_HEARTBEAT_SECONDS: String(heartbeatSeconds),
  });

  let stack = await open(stateFolder);
  const clients: Connection[] = [];
  const target = async () => {
    const connection = Connection.lazy({ address: stack.temporal.address });
    clients.push(connection);
    const client = new Client({ connection, namespace: stack.temporal.namespace });
    return { stateFolder, studyId: STUDY_ID, client, store: createMinioStore(stack.store), heartbeatSeconds };
  };
  const ended = new AbortController();
  const disturbing = disturb?.(target, ended.signal) ?? Promise.resolve();
  // Awaited below.
  disturbing.catch(() => {});
  try {
    const start = ['run', file, '--dataset', archive, '--id', STUDY_ID];
    for (let runs = 1; ; runs++) {
      const { code, printed } = await command(start);
      if (code === EXIT.success) break;
      if (runs === MOST_RUNS || /study .*(failed|was cancelled)/.test(printed)) {
        throw new Error(`run ended ${runs} times, at last with exit code ${code}:\n${printed.slice(-3000)}`);
      }
      stack = await reopened(stack, stateFolder);
      if (code === EXIT.needsAttention) await command(['retry', STUDY_ID, '--all']);
    }
    ended.abort();
    await disturbing;
    stack = await reopened(stack, stateFolder);
    const { store, client } = await target();
    const record = await readRecord(store, STUDY_ID);
    if (!record) throw new Error('expected a record of the study that has ended, got none');
    return { record, announced: await announcedEpochs(client), stateFolder };
  } finally {
    ended.abort();
    await Promise.all(clients.map((connection) => connection.close()));
    await stack.stop();
  }
}

// --- helpers ---

/** @returns another stack if this one is lost. */
async function reopened(stack: OpenStack, stateFolder: string): Promise<OpenStack> {
  if (!stack.lost.aborted) return stack;
  await stack.stop();
  return open(stateFolder);
}

/** A fault may hit the start too. */
async function open(stateFolder: string): Promise<OpenStack> {
  for (let tries = 1; ; tries++) {
    try {
      return await openStack({
        configuration: { kind: 'embedded', stateFolder, store: undefined },
        level: 'training',
        keepAfterExit: false,
        onProgress: () => {},
      });
    } catch (error) {
      if (tries === MOST_RUNS) throw error;
      await pause(1000);
    }
  }
}

async function announcedEpochs(client: Client): Promise<Map<string, number[]>> {
  const announced = new Map<string, number[]>();
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    if (type !== 'trialWorkflow') continue;
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const epochs = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal?.signalName === SIGNALS.epochsEnded ? epochsIn(signal.input?.payloads?.[0]?.data) : [],
    );
    announced.set(workflowId, [...(announced.get(workflowId) ?? []), ...epochs]);
  }
  return announced;
}

function epochsIn(payload: Uint8Array | null | undefined): number[] {
  const { epochs }: EpochsNotice = JSON.parse(Buffer.from(payload ?? []).toString());
  return epochs.map(({ epoch }) => epoch);
}
