import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isQuiet } from '../../../infra/quiet.ts';
import { UserError } from '../../../infra/user-error.ts';
import { findGarbage } from '../../../storage/garbage/find-garbage.ts';
import { type Garbage, type GarbageOptions, StudyInUseError } from '../../../storage/garbage/garbage.ts';
import { removeGarbage } from '../../../storage/garbage/remove-garbage.ts';
import { cacheFolder } from '../../../storage/inputs/cache-folder.ts';
import { localGarbage } from '../../../storage/inputs/local-garbage.ts';
import { recordKey } from '../../../storage/keys.ts';
import { listStudies } from '../../../storage/studies.ts';
import { didYouMean } from '../../../study/definition/did-you-mean.ts';
import { list, plural, size } from '../../../words/numbers.ts';
import { statusInWords } from '../../../words/study-end.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { studyIds, studyStatus, studyWorkflowIds } from '../../observe/find-study.ts';
import { type Session, withSession } from '../../servers/session.ts';

const DAY_MS = 86_400_000;

export async function gc({
  study: unwanted = [],
  olderThan,
  dryRun = false,
}: {
  study?: string[];
  olderThan: string;
  dryRun?: boolean;
}): Promise<void> {
  const before = new Date(Date.now() - daysOf(olderThan) * DAY_MS);
  await withSession({ level: 'servers' }, async (session) => {
    for (const studyId of unwanted) await checkUnwanted(session, studyId);
    const garbage = await findSettled(session, before, unwanted);
    const files = await localGarbage(cacheFolder(), before);
    if (dryRun) {
      for (const { key, sizeBytes } of garbage.flatMap(({ objects }) => objects)) printLine(key, sizeBytes);
      for (const { path, sizeBytes } of files) printLine(path, sizeBytes);
    }
    const removed = dryRun ? garbage : await removeGarbage(session.store, garbage, before);
    if (!dryRun) for (const { path } of files) await rm(path, { force: true });
    const parts = removed.map(({ kind, objects }) => ({
      kind,
      bytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    }));
    const local: Removed[] = files.map(({ sizeBytes }) => ({ kind: CACHED, bytes: sizeBytes }));
    console.log(summary([...parts, ...local], dryRun));
    if (dryRun) return;
    for (const studyId of unwanted) {
      if (!removed.some(({ kind, name }) => kind === 'study' && name === studyId)) {
        throw new UserError(
          `${studyId}: expected trials that nobody trains, but one has a lease; try again in a minute`,
        );
      }
      await forget(session, studyId);
    }
  });
}

// --- helpers ---

const CACHED = 'file of this machine’s cache';

interface Removed {
  kind: Garbage['kind'] | typeof CACHED;
  bytes: number;
}

function daysOf(given: string): number {
  const days = Number(given);
  if (Number.isInteger(days) && days >= 1) return days;
  throw new UsageError(`--older-than: expected a whole number of days from 1, got "${given}"`);
}

async function checkUnwanted(session: Session, studyId: string): Promise<void> {
  const known = await studyIds(session);
  if (!known.includes(studyId)) {
    throw new UsageError(
      `--study: expected the id of a study, got "${studyId}"${didYouMean(studyId, known)}; to list all: npx staged-study list`,
    );
  }
  const status = await studyStatus(session, studyId);
  if (status !== 'RUNNING') return;
  throw new UserError(
    `${studyId}: expected a study that has ended, got one that is ${statusInWords(status)}; cancel it first: ` +
      `npx staged-study cancel ${studyId}`,
  );
}

/** What is garbage while no further study has started. */
async function findSettled(session: Session, before: Date, unwanted: readonly string[]): Promise<Garbage[]> {
  let running = await runningStudies(session, unwanted);
  for (;;) {
    const garbage = await found(session, { before, running, unwanted });
    const now = await runningStudies(session, unwanted);
    if (now.every((studyId) => running.includes(studyId))) return garbage;
    running = now;
  }
}

async function found({ store }: Session, options: GarbageOptions): Promise<Garbage[]> {
  try {
    return await findGarbage(store, options);
  } catch (error) {
    throw error instanceof StudyInUseError ? new UserError(error.message, { cause: error }) : error;
  }
}

/** Studies that Temporal runs, and those without a record that it doesn't know: another server may run them. */
async function runningStudies(session: Session, unwanted: readonly string[]): Promise<string[]> {
  const running = await studyWorkflowIds(session.client, "ExecutionStatus = 'Running'");
  const stored = await listStudies(session.store);
  const elsewhere = await Promise.all(
    stored.map(async (studyId) => {
      const isKnown =
        (await session.store.stat(recordKey(studyId))) || (await studyStatus(session, studyId)) !== undefined;
      return isKnown ? [] : [studyId];
    }),
  );
  return [...running, ...elsewhere.flat()].filter((studyId) => !unwanted.includes(studyId));
}

const FORGETTING = { pollMs: 200, mostMs: 20_000 };

/**
 * Has Temporal delete a study's workflows, which it would list for as long as it keeps what has ended. It does so some time
 * after it was told to, and not while the stack is down.
 */
async function forget({ client }: Session, studyId: string): Promise<void> {
  const { namespace } = client.options;
  const query = `StudyId = '${studyId}'`;
  // The list lags behind. If a workflow is deleted before the list shows its end, it is listed again afterwards.
  await untilNone(client, `${query} AND ExecutionStatus = 'Running'`);
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    await client.workflowService.deleteWorkflowExecution({
      namespace,
      workflowExecution: { workflowId, runId },
    });
  }
  await untilNone(client, query);
}

/** Waits until Temporal lists nothing that matches, but not for long. */
async function untilNone(client: Client, query: string): Promise<void> {
  const end = Date.now() + FORGETTING.mostMs;
  while (Date.now() < end && (await client.workflow.count(query)).count > 0) await pause(FORGETTING.pollMs);
}

function printLine(name: string, bytes: number): void {
  if (!isQuiet()) console.log(`${size(bytes).padStart(10)}  ${name}`);
}

const NAMES: Record<Removed['kind'], [one: string, many: string]> = {
  study: ['study', 'studies'],
  trial: ['trial', 'trials'],
  checkpoints: ['trial’s checkpoints', 'trials’ checkpoints'],
  blob: ['blob', 'blobs'],
  'data set': ['data set', 'data sets'],
  weights: ['set of weights', 'sets of weights'],
  address: ['address', 'addresses'],
  probe: ['left-over probe', 'left-over probes'],
  [CACHED]: [CACHED, 'files of this machine’s cache'],
};

function summary(removed: readonly Removed[], dryRun: boolean): string {
  if (removed.length === 0) return 'There is nothing to remove.';
  const kinds = [...new Set(removed.map(({ kind }) => kind))];
  const parts = kinds.map((kind) => {
    const of = removed.filter((each) => each.kind === kind);
    const bytes = of.reduce((sum, each) => sum + each.bytes, 0);
    return `${plural(of.length, ...NAMES[kind])} (${size(bytes)})`;
  });
  const total = removed.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${dryRun ? 'Would remove' : 'Removed'} ${list(parts)}: ${size(total)} in all.`;
}
