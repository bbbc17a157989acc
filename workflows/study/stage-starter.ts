import { repeatsOf } from '../../study/definition/repeats.ts';
import type { SearchStage, Stage } from '../../study/definition/stage-schema.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { NamedConfig, Networks, PlannedTrial } from '../../study/plan/plan.ts';
import { tieRule } from '../../study/plan/ranking.ts';
import { isSideExperiment } from '../../study/plan/side-experiments.ts';
import { stageWorkflowId } from '../../temporal/names.ts';
import type { Children, StartedChild } from '../children.ts';
import { typedSearchAttributes } from '../search-attributes.ts';
import type { SearchPlan, StageInput, StagePlan, StageTrial } from '../stage/stage-input.ts';
import { stageWorkflow } from '../stage/stage-workflow.ts';
import type { PreparedStudy } from './prepare-study.ts';

/** A stage that has trials. */
export type TrainedStage = Exclude<Stage, { kind: 'test' }>;

/** A stage whose workflow has started. */
export type StartedStage = StartedChild<typeof stageWorkflow>;

/** Starts the workflow of a stage. */
export function startStage(
  { request, data }: PreparedStudy,
  { studyId, children }: { studyId: string; children: Children },
  stage: TrainedStage,
  plan: StagePlan & Pick<StageInput, 'search'>,
  { priority, ...rest }: { priority?: { priorityKey: number } } & Pick<StageInput, 'early'>,
): Promise<StartedStage> {
  const ties = tieRule(stage, data);
  return children.start(stageWorkflow, {
    workflowId: stageWorkflowId(studyId, stage.name),
    args: [
      {
        studyId,
        stage: stage.name,
        kind: stage.kind,
        question: stage.question,
        ...plan,
        promotes: !isSideExperiment(stage),
        ...(ties && { ties }),
        ...rest,
        ...(request.retrain && { retrain: true }),
        ...(request.heartbeatSeconds !== undefined && { heartbeatSeconds: request.heartbeatSeconds }),
      },
    ],
    ...(priority && { priority }),
    typedSearchAttributes: typedSearchAttributes({
      StudyId: studyId,
      StageName: stage.name,
      NeedsAttention: false,
    }),
    staticSummary: `${stage.name}: ${stage.question}`,
  });
}

/** Planned trials as their stage's workflow takes them. */
export function stageTrialsOf(
  { specOf }: Pick<PreparedStudy, 'specOf'>,
  planned: readonly PlannedTrial[],
): StageTrial[] {
  return planned.map(({ name, config, repetition, of, run }) => ({
    name,
    spec: specOf(config, { repetition, run: run?.index ?? 0 }),
    of,
    ...(run && { candidate: run.candidate }),
  }));
}

/**
 * What a search's workflow makes trials from.
 *
 * @param start the winner that the search starts from.
 * @param networks those that it may choose.
 */
export function searchPlan(
  { profile, specOf }: Pick<PreparedStudy, 'profile' | 'specOf'>,
  stage: SearchStage,
  start: NamedConfig,
  networks: Networks,
): SearchPlan {
  const weightsOf = (network: Network) => specOf({ ...start.config, network }).initialWeights;
  return {
    ...stage,
    start,
    spec: specOf(start.config),
    profile,
    repeats: repeatsOf(stage, profile),
    networks,
    initialWeights: Object.fromEntries(
      Object.entries(networks).map(([name, network]) => [name, weightsOf(network)]),
    ),
    evaluationsARun: EVALUATIONS_A_RUN,
  };
}

// --- helpers ---

/** An evaluation takes about 20 events of its stage's history, in which Temporal warns from 10,240 on. */
const EVALUATIONS_A_RUN = 400;
