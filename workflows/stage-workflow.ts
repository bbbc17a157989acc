import {
  ApplicationFailure,
  defineQuery,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { TrialStanding } from '../study/record.ts';
import { QUERIES, trialWorkflowId } from '../study/temporal-names.ts';
import type { TrialSpec } from '../study/trial.ts';
import { winner } from '../study/winner.ts';
import { stageDetails } from './details.ts';
import { typedSearchAttributes } from './search-attributes.ts';
import { attentionSignal, trialWorkflow } from './trial-workflow.ts';

export interface StageInput {
  studyId: string;
  stage: string;
  question: string;
  trials: { name: string; spec: TrialSpec }[];
}

export interface StageStatus {
  stage: string;
  question: string;
  /** In the order of the candidates; a trial that has not ended has no standing. */
  trials: { name: string; epochs: number; standing: TrialStanding | null; failure: string | null }[];
}

export interface StageOutcome {
  standings: TrialStanding[];
  winner: TrialStanding & { score: number };
}

export const stageStatusQuery = defineQuery<StageStatus>(QUERIES.stageStatus);

/**
 * All trials of a stage, and its winner.
 *
 * Every trial starts at once; the training queue gives each a slot when one is free.
 */
export async function stageWorkflow(input: StageInput): Promise<StageOutcome> {
  const status: StageStatus = {
    stage: input.stage,
    question: input.question,
    trials: input.trials.map(({ name, spec }) => ({
      name,
      epochs: spec.config.epochs,
      standing: null,
      failure: null,
    })),
  };
  const show = () => setCurrentDetails(stageDetails(input.studyId, status));
  setHandler(stageStatusQuery, () => status);
  setHandler(attentionSignal, ({ trialId, failure }) => {
    const trial = status.trials.find(
      ({ name }) => trialId === trialWorkflowId(input.studyId, input.stage, name),
    );
    if (trial) trial.failure = failure;
    show();
  });
  show();

  const standings = await Promise.all(
    input.trials.map(async ({ name, spec }, index) => {
      const standing = await executeChild(trialWorkflow, {
        workflowId: trialWorkflowId(input.studyId, input.stage, name),
        args: [{ studyId: input.studyId, stage: input.stage, name, spec }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        typedSearchAttributes: typedSearchAttributes({
          StudyId: input.studyId,
          StageName: input.stage,
          TrialName: name,
          TrialStatus: 'queued',
          NeedsAttention: false,
        }),
        staticSummary: `${name}, ${spec.config.epochs} epochs`,
      });
      const trial = status.trials[index];
      if (trial) trial.standing = standing;
      show();
      return standing;
    }),
  );

  const best = winner(standings);
  if (!best) {
    throw ApplicationFailure.nonRetryable(
      `stage ${input.stage}: expected at least one trial with a score, got ${describeOutcomes(standings)}; ` +
        'change the candidates and start the study anew (finished trials are not trained again)',
      'StageWithoutWinner',
    );
  }
  return { standings, winner: best };
}

// --- helpers ---

function describeOutcomes(standings: TrialStanding[]): string {
  return standings.map(({ name, status, outcome }) => `${name} ${outcome ?? status}`).join(', ');
}
