import {
  condition,
  defineQuery,
  defineUpdate,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities } from '../activities/control-activities.ts';
import type { Overrides } from '../study/definition/overrides.ts';
import type { Profile, SearchStage, Stage } from '../study/definition/study-schema.ts';
import { type NamedConfig, scaleEpochs, searchTrialName } from '../study/plan/plan.ts';
import { winner } from '../study/plan/winner.ts';
import type { TrialStanding } from '../study/record/record.ts';
import type { SearchedTrial } from '../study/search/suggest.ts';
import type { TrialSpec } from '../study/trial/trial.ts';
import { QUERIES, trialWorkflowId, UPDATES } from '../temporal/names.ts';
import { attentionSignal, notifyAbove } from './attention.ts';
import { takeDecisions } from './decision.ts';
import { failedStageDetails, stageDetails } from './details.ts';
import { searchAttributes, typedSearchAttributes } from './search-attributes.ts';
import { trialWorkflow } from './trial-workflow.ts';

export interface StageInput {
  studyId: string;
  stage: string;
  kind: Stage['kind'];
  question: string;
  /** The run of the winner that it starts from, where that is ranked: first, and without being trained again. */
  start: TrialStanding | null;
  trials: StageTrial[];
  search: SearchPlan | null;
  /** Side experiments have no winner. */
  promotes: boolean;
}

export interface StageTrial {
  name: string;
  spec: TrialSpec;
  of: string | null;
}

/** From what a search's trials are made, as they are suggested. */
export interface SearchPlan extends Pick<SearchStage, 'evaluations' | 'parallel' | 'space'> {
  /** Epochs unscaled. */
  start: NamedConfig;
  spec: TrialSpec;
  profile: Profile;
}

export interface StageStatus {
  stage: string;
  kind: Stage['kind'];
  question: string;
  /** In the order of the candidates; a trial that has not ended has no standing. */
  trials: { name: string; epochs: number | null; standing: TrialStanding | null; failure: string | null }[];
  /** Why the stage as a whole needs attention. */
  failure: string | null;
}

export interface StageOutcome {
  standings: TrialStanding[];
  /** null for a side experiment. */
  winner: (TrialStanding & { score: number }) | null;
}

export const stageStatusQuery = defineQuery<StageStatus>(QUERIES.stageStatus);
export const retryStageUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryStage);

/**
 * All trials of a stage, and its winner.
 *
 * Trials that are known start at once, and the training queue gives each a slot when one is free; a search's start as
 * they are suggested. A stage none of whose trials has a score parks as a whole: it promotes nothing.
 */
export async function stageWorkflow(input: StageInput): Promise<StageOutcome> {
  const { studyId, stage, kind, question, start, search } = input;
  const status: StageStatus = { stage, kind, question, trials: [], failure: null };
  const show = () => setCurrentDetails(stageDetails(studyId, status));
  setHandler(stageStatusQuery, () => status);
  setHandler(attentionSignal, ({ id, failure }) => {
    const trial = status.trials.find(({ name }) => id === trialWorkflowId(studyId, stage, name));
    if (trial) trial.failure = failure;
    const waiting = status.trials.some((each) => each.failure !== null);
    upsertSearchAttributes(searchAttributes({ NeedsAttention: waiting }));
    show();
  });
  const waitForDecision = takeDecisions(`stage ${stage}`, { retry: retryStageUpdate, hasSettings: true });

  if (start) status.trials.push({ name: start.name, epochs: null, standing: start, failure: null });
  show();
  await Promise.all(input.trials.map((trial) => runTrial(trial, null, null)));
  if (search) await runSearch(search);

  for (;;) {
    const standings = status.trials.flatMap(({ standing }) => (standing ? [standing] : []));
    const best = winner(standings) ?? null;
    if (best || !input.promotes) return { standings, winner: input.promotes ? best : null };
    const { overrides } = await park(`none of its trials has a score: ${describeOutcomes(standings)}`);
    await Promise.all(input.trials.map((trial) => runTrial(overridden(trial, overrides), null, overrides)));
  }

  async function runTrial(trial: StageTrial, suggestion: Overrides | null, override: Overrides | null) {
    const { name, spec, of } = trial;
    let row = status.trials.find((each) => each.name === name);
    if (!row) {
      row = { name, epochs: null, standing: null, failure: null };
      status.trials.push(row);
    }
    Object.assign(row, { epochs: spec.config.epochs, standing: null });
    show();
    row.standing = await executeChild(trialWorkflow, {
      workflowId: trialWorkflowId(studyId, stage, name),
      args: [{ studyId, stage, name, spec, of, suggestion, override }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      typedSearchAttributes: typedSearchAttributes({
        StudyId: studyId,
        StageName: stage,
        TrialName: name,
        TrialStatus: 'queued',
        NeedsAttention: false,
      }),
      staticSummary: `${name}: ${spec.config.epochs} epochs`,
    });
    show();
  }

  /** `parallel` lines side by side, each asking for the next suggestion when its trial has ended or parked. */
  async function runSearch({ evaluations, parallel, space, start: from, spec, profile }: SearchPlan) {
    let next = 0;
    const runs: Promise<void>[] = [];
    const line = async () => {
      while (next < evaluations) {
        const index = next++;
        const suggestion = await suggest({ space, seed: spec.seed, index, ended: ended() });
        const config = scaleEpochs({ ...from.config, ...suggestion }, profile);
        const trial = { name: searchTrialName(from.name, index), spec: { ...spec, config }, of: null };
        const run = runTrial(trial, suggestion, null);
        runs.push(run);
        const parked = () =>
          status.trials.some(({ name, failure }) => name === trial.name && failure !== null);
        await Promise.race([run, condition(parked)]);
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, evaluations) }, line));
    await Promise.all(runs);
  }

  /** The search's trained trials so far. A skipped trial has no result to learn from. */
  function ended(): SearchedTrial[] {
    return status.trials.flatMap(({ standing }) =>
      standing?.status === 'trained' && standing.suggestion
        ? [{ suggestion: standing.suggestion, score: standing.score }]
        : [],
    );
  }

  async function park(failure: string): Promise<{ overrides: Overrides | null }> {
    status.failure = failure;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: true }));
    setCurrentDetails(failedStageDetails(workflowInfo().workflowId, stage, failure));
    await notifyAbove(studyId, failure);
    const decision = await waitForDecision();
    status.failure = null;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: false }));
    show();
    await notifyAbove(studyId, null);
    return { overrides: decision.choice === 'retry' ? decision.overrides : null };
  }
}

// --- helpers ---

const { suggest } = proxyActivities<Pick<ControlActivities, 'suggest'>>({
  summary: 'the next configuration',
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '2 minutes' },
});

function overridden(trial: StageTrial, overrides: Overrides | null): StageTrial {
  return { ...trial, spec: { ...trial.spec, config: { ...trial.spec.config, ...overrides } } };
}

function describeOutcomes(standings: TrialStanding[]): string {
  return standings.map(({ name, status, outcome }) => `${name} ${outcome ?? status}`).join(', ');
}
