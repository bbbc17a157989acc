import { type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { UserError } from '../../infra/user-error.ts';
import { listStudies } from '../../storage/studies.ts';
import { didYouMean } from '../../study/definition/did-you-mean.ts';
import { UsageError } from '../command-line/exit-codes.ts';
import type { Session } from '../servers/session.ts';

type Servers = Pick<Session, 'client' | 'store'>;

/** Ids of all studies that Temporal or the object store knows, sorted. The store keeps them for longer. */
export async function studyIds({ client, store }: Servers): Promise<string[]> {
  return [...new Set([...(await listStudies(store)), ...(await studyWorkflowIds(client))])].sort();
}

/** @param condition of Temporal's list filter; without one, all studies that Temporal knows. */
export async function studyWorkflowIds(client: Servers['client'], condition?: string): Promise<string[]> {
  const query = ["WorkflowType = 'studyWorkflow'", ...(condition ? [condition] : [])].join(' AND ');
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** @returns undefined if Temporal has no workflow with this id. */
export async function describeWorkflow(
  { client }: Pick<Servers, 'client'>,
  id: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Temporal's status of a study; undefined if it doesn't know the study. */
export async function studyStatus(
  servers: Pick<Servers, 'client'>,
  studyId: string,
): Promise<WorkflowExecutionDescription['status']['name'] | undefined> {
  return (await describeWorkflow(servers, studyId))?.status.name;
}

/**
 * Finds the workflow of a study.
 *
 * @throws {UsageError} if there is no study with this id. The message suggests similar ids.
 * @throws {UserError} if only the object store has the study.
 */
export async function findStudy(servers: Servers, studyId: string): Promise<WorkflowExecutionDescription> {
  // The server would refuse an empty id with a message that doesn't help.
  const found = studyId === '' ? undefined : await describeWorkflow(servers, studyId);
  if (found?.type === 'studyWorkflow') return found;
  const known = await studyIds(servers);
  if (known.includes(studyId)) {
    throw new UserError(
      `${studyId}: Temporal has deleted its workflow, but the object store has its record; ` +
        `to write its report: npx staged-study report ${studyId}`,
    );
  }
  const [parent = ''] = studyId.split('/');
  const hint = found && known.includes(parent) ? ` (the study is "${parent}")` : didYouMean(studyId, known);
  throw new UsageError(
    `study: expected the id of a study, got "${studyId}"${hint}; to list all: npx staged-study list`,
  );
}
