import {
  ApplicationFailure,
  defineQuery,
  defineUpdate,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { DatasetSource } from '../activities/prepare-dataset.ts';
import type { WeightsSource } from '../activities/prepare-weights.ts';
import type { Overrides } from '../study/definition/overrides.ts';
import type { Study } from '../study/definition/study-schema.ts';
import type { TrialStanding } from '../study/record/record.ts';
import { QUERIES, UPDATES } from '../temporal/names.ts';
import { attentionSignal } from './attention.ts';
import { Children } from './children.ts';
import { showDetails } from './current-details.ts';
import { takeDecisions } from './decision.ts';
import { studyDetails } from './details.ts';
import { showEarlyEnd } from './early-end.ts';
import { Pause } from './pause.ts';
import { searchAttributes } from './search-attributes.ts';
import type { StudyStatus, StudyTestScore, Winner } from './status.ts';
import { checkedRequest } from './study/checked-request.ts';
import { initialStatus, refusedStatus } from './study/initial-status.ts';
import { runStudy } from './study/run-study.ts';

export interface StudyRequest {
  /** A parsed study, with every default filled in. */
  study: Study;
  profile: string;
  source: DatasetSource;
  /** Where weights come from, if any network of the profile starts from weights. */
  weights: WeightsSource;
  /** The study has pretrained networks, but they start from scratch here. */
  fromScratch?: boolean;
  /** Train trials again if the store has their results, and compare. */
  retrain?: true;
  /** How long a worker may be silent before it counts as dead: default 60. */
  heartbeatSeconds?: number;
}

export interface StudyOutcome {
  winner: Winner | null;
  test: StudyTestScore | null;
  /** Key of the study's record in the store. */
  recordKey: string;
}

export const studyStatusQuery = defineQuery<StudyStatus>(QUERIES.studyStatus);
export const stageStandingsQuery = defineQuery<TrialStanding[], [string]>(QUERIES.stageStandings);
export const retryTestUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryTest);
export const pauseStudyUpdate = defineUpdate<string>(UPDATES.pauseStudy);
export const resumeStudyUpdate = defineUpdate<string>(UPDATES.resumeStudy);

/**
 * A complete study: its stages in order, each from the winner of an earlier one, the final test, record and report. Trials
 * of the next stage that don't depend on the winner may be trained before. Side experiments run beside the other stages,
 * from when what they train again is known, and only the record waits for them.
 *
 * @throws {ApplicationFailure} if the input is not a study that can be run: it may have been typed into the Temporal UI.
 */
export async function studyWorkflow(input: StudyRequest): Promise<StudyOutcome> {
  const studyId = workflowInfo().workflowId;
  let status = refusedStatus(studyId);
  const pause = new Pause();
  const children = new Children(pause);
  showDetails(() => studyDetails(status));
  const setAttention = (id: string, failure: string | null) => {
    if (failure === null) delete status.attention[id];
    else status.attention[id] = failure;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: Object.keys(status.attention).length > 0 }));
  };
  /** Of the stages that have ended. */
  const standings = new Map<string, TrialStanding[]>();
  setHandler(studyStatusQuery, () => status);
  setHandler(stageStandingsQuery, (stage) => standings.get(stage) ?? []);
  setHandler(attentionSignal, ({ id, failure }) => setAttention(id, failure));
  setHandler(pauseStudyUpdate, () => setPaused(true), { validator: () => refuseIfPausedIs(true) });
  setHandler(resumeStudyUpdate, () => setPaused(false), { validator: () => refuseIfPausedIs(false) });
  const waitForTestDecision = takeDecisions('final test', { retry: retryTestUpdate, hasSettings: false });
  const outcome = await showEarlyEnd(async () => {
    const request = checkedRequest(studyId, input);
    status = initialStatus(studyId, request);
    return runStudy(request, status, standings, { setAttention, waitForTestDecision, pause, children });
  }, showEnd);
  showEnd({ how: 'completed' });
  return outcome;

  function showEnd(end: StudyStatus['end']): void {
    status.end = end;
    for (const stage of status.stages) if (stage.state === 'running') stage.state = 'cancelled';
  }

  async function setPaused(isPaused: boolean): Promise<string> {
    pause.set(isPaused);
    status.isPaused = isPaused;
    upsertSearchAttributes(searchAttributes({ Paused: isPaused }));
    await children.signalPause();
    return `${studyId}: ${isPaused ? 'paused' : 'resumed'}`;
  }

  function refuseIfPausedIs(isPaused: boolean): void {
    if (pause.isPaused !== isPaused) return;
    const message = `${studyId}: it is ${isPaused ? 'already' : 'not'} paused`;
    throw ApplicationFailure.nonRetryable(message, isPaused ? 'Paused' : 'NotPaused');
  }
}
