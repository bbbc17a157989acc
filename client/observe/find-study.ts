import type { WorkflowExecutionDescription } from '@temporalio/client';
import { UserError } from '../../infra/user-error.ts';
import { listStudies } from '../../storage/studies.ts';
import { didYouMean } from '../command-line/did-you-mean.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { Session } from '../servers/session.ts';

type Servers = Pick<Session, 'client' | 'store'>;

/** Ids of all studies: those that Temporal knows, and those that the store has kept for longer. */
export async function studyIds({ client, store }: Servers): Promise<string[]> {
  return [...new Set([...(await listStudies(store)), ...(await studyWorkflowIds(client))])].sort();
}

/** Ids of the studies that Temporal knows, of those that a condition on them chooses. */
export async function studyWorkflowIds(client: Servers['client'], condition?: string): Promise<string[]> {
  const query = ["WorkflowType = 'studyWorkflow'", ...(condition ? [condition] : [])].join(' AND ');
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** @returns undefined where Temporal has no workflow of this id. */
export async function describeWorkflow(
  { client }: Pick<Servers, 'client'>,
  id: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined;
    throw error;
  }
}

/**
 * The workflow of a study.
 *
 * @throws {UsageError} where there is no study of this id, naming those that are written like it; {@link UserError} where
 *   the store alone has it.
 */
export async function findStudy(servers: Servers, studyId: string): Promise<WorkflowExecutionDescription> {
  // An empty id would be refused by the server, in its own words.
  const found = studyId === '' ? undefined : await describeWorkflow(servers, studyId);
  if (found?.type === 'studyWorkflow') return found;
  const known = await studyIds(servers);
  if (known.includes(studyId)) {
    throw new UserError(
      `${studyId}: Temporal has no workflow of it any more, but the store has what came out; ` +
        `write its report: npx staged-study report ${studyId}`,
    );
  }
  const [parent = ''] = studyId.split('/');
  const hint = found && known.includes(parent) ? ` (the study is "${parent}")` : didYouMean(studyId, known);
  throw new UsageError(
    `study: expected the id of a study, got "${studyId}"${hint}; npx staged-study list names them`,
  );
}
