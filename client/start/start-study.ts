import { createHash } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { canonicalJson } from '../../study/trial/trial-key.ts';
import { CONTROL_QUEUE, SEARCH_ATTRIBUTES } from '../../temporal/names.ts';
import type { StudyRequest, studyWorkflow } from '../../workflows/study-workflow.ts';
import { UsageError } from '../command-line/exit-codes.ts';
import { describeWorkflow, studyWorkflowIds } from '../observe/find-study.ts';
import { registerSearchAttributes } from '../servers/register-search-attributes.ts';
import { checkStudyId } from './study-id.ts';

export interface StartedStudy {
  studyId: string;
  /** Whether it was already running. */
  resumed: boolean;
}

/**
 * Starts a study, or finds an unfinished one with the same definition, profile and data.
 *
 * @param options.id the study's id. Default: the next free `NAME-PROFILE-N`.
 * @param options.new start another study, even if the same one is unfinished.
 * @param options.stored ids of the studies in the object store, which are taken even if Temporal no longer knows them.
 * @param options.beforeStart called before a study is started, and not if one is found.
 * @throws {UsageError} if `id` is not a valid id, or if a study that has ended or is different has it.
 */
export async function startOrResume(
  client: Client,
  request: StudyRequest,
  options: {
    id?: string | undefined;
    new?: boolean | undefined;
    stored?: readonly string[];
    beforeStart?: () => Promise<void>;
  },
): Promise<StartedStudy> {
  if (options.id !== undefined) checkStudyId(options.id);
  await registerSearchAttributes(client);
  const definition = definitionOf(request);
  const like = await studyWorkflowIds(
    client,
    `ExecutionStatus = 'Running' AND StudyDefinition = '${definition}'`,
  );
  if (options.id === undefined) {
    const [studyId] = like;
    if (studyId !== undefined && !options.new) return { studyId, resumed: true };
    await options.beforeStart?.();
    return startFresh(client, request, definition, options.stored ?? []);
  }
  if (like.includes(options.id) && !options.new) return { studyId: options.id, resumed: true };
  const isTaken = options.stored?.includes(options.id) || (await describeWorkflow({ client }, options.id));
  if (!isTaken) {
    await options.beforeStart?.();
    if (await start(client, request, definition, options.id)) return { studyId: options.id, resumed: false };
  }
  throw new UsageError(
    '--id: expected a free id, or the id of an unfinished study with the same definition, profile and data, ' +
      `got "${options.id}", which is taken; choose another id, or leave --id out`,
  );
}

// --- helpers ---

/** What makes it the same study. */
function definitionOf({ heartbeatSeconds: _, ...request }: StudyRequest): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex').slice(0, 32);
}

async function startFresh(
  client: Client,
  request: StudyRequest,
  definition: string,
  stored: readonly string[],
): Promise<StartedStudy> {
  const prefix = `${request.study.name}-${request.profile}-`;
  const ids = [
    ...stored.filter((id) => id.startsWith(prefix)),
    ...(await studyWorkflowIds(client, `WorkflowId STARTS_WITH '${prefix}'`)),
  ];
  const highest = Math.max(0, ...ids.map((id) => Number(id.slice(prefix.length)) || 0));
  for (let number = highest + 1; ; number++) {
    const studyId = `${prefix}${number}`;
    if (await start(client, request, definition, studyId)) return { studyId, resumed: false };
  }
}

/** @returns false if the id is taken. */
async function start(
  client: Client,
  request: StudyRequest,
  definition: string,
  studyId: string,
): Promise<boolean> {
  try {
    await client.workflow.start<typeof studyWorkflow>('studyWorkflow', {
      workflowId: studyId,
      taskQueue: CONTROL_QUEUE,
      args: [request],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${request.study.title}, profile ${request.profile}`,
      // For `list`, as long as the store has no study.json.
      memo: { profile: request.profile },
      typedSearchAttributes: new TypedSearchAttributes([
        { key: defineSearchAttributeKey('StudyId', SEARCH_ATTRIBUTES.StudyId), value: studyId },
        {
          key: defineSearchAttributeKey('StudyDefinition', SEARCH_ATTRIBUTES.StudyDefinition),
          value: definition,
        },
        { key: defineSearchAttributeKey('NeedsAttention', SEARCH_ATTRIBUTES.NeedsAttention), value: false },
      ]),
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
