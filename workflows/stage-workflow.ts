import {
  condition,
  defineQuery,
  defineUpdate,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Overrides } from '../study/definition/overrides.ts';
import type { SearchStage, Stage } from '../study/definition/stage-schema.ts';
import type { Profile } from '../study/definition/study-schema.ts';
import { asTrained } from '../study/plan/epochs.ts';
import { asSpecified, type NamedConfig, searchTrial } from '../study/plan/plan.ts';
import { winner } from '../study/plan/winner.ts';
import type { TrialStanding } from '../study/record/record.ts';
import type { SearchedTrial, Suggestion } from '../study/search/suggest.ts';
import type { TrialSpec } from '../study/trial/trial.ts';
import { QUERIES, trialWorkflowId, UPDATES } from '../temporal/names.ts';
import { plural } from '../words/numbers.ts';
import { endInWords } from '../words/outcome.ts';
import { suggest } from './activities.ts';
import { attentionSignal, notifyAbove } from './attention.ts';
import { takeDecisions } from './decision.ts';
import { failedStageDetails, stageDetails } from './details.ts';
import { showEarlyEnd } from './early-end.ts';
import { searchAttributes, typedSearchAttributes } from './search-attributes.ts';
import type { DrawnSettings, StageRow, StageStatus } from './status.ts';
import { trialWorkflow } from './trial-workflow.ts';

export interface StageInput {
  studyId: string;
  stage: string;
  kind: Stage['kind'];
  question: string;
  /** The winner that the stage starts from, if that is ranked: it comes first and is not trained again. */
  start: TrialStanding | null;
  trials: StageTrial[];
  search: SearchPlan | null;
  /** Side experiments have no winner. */
  promotes: boolean;
  /** Train trials again if the store has their results. */
  retrain?: true;
}

export interface StageTrial {
  name: string;
  spec: TrialSpec;
  /** The ordinary trial that a side experiment's trial is compared with. */
  of: string | null;
}

/** What a search makes its trials from, as they are suggested. */
export interface SearchPlan extends Pick<SearchStage, 'evaluations' | 'parallel' | 'space'> {
  start: NamedConfig;
  spec: TrialSpec;
  profile: Profile;
}

export interface StageOutcome {
  standings: TrialStanding[];
  /** null for a side experiment. */
  winner: (TrialStanding & { score: number }) | null;
}

export const stageStatusQuery = defineQuery<StageStatus>(QUERIES.stageStatus);
export const retryStageUpdate = defineUpdate<string, [Overrides | undefined]>(UPDATES.retryStage);

/**
 * Trains all trials of a stage and finds its winner.
 *
 * Trials that are known start at once; the training queue gives each a slot when one is free. A search's trials start as
 * they are suggested. If no trial has a score, the stage parks as a whole, since it has nothing to promote.
 */
export async function stageWorkflow(input: StageInput): Promise<StageOutcome> {
  const { studyId, stage, kind, question, start, search } = input;
  const evaluations = search?.evaluations ?? null;
  const status: StageStatus = { stage, kind, question, evaluations, trials: [], failure: null, end: null };
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

  if (start)
    status.trials.push({ name: start.name, epochs: null, standing: start, failure: null, drawn: null });
  show();
  return showEarlyEnd(runAll, (end) => {
    status.end = end;
    show();
  });

  async function runAll(): Promise<StageOutcome> {
    await Promise.all(input.trials.map((trial) => runTrial(trial)));
    if (search) await runSearch(search);

    for (;;) {
      const standings = status.trials.flatMap(({ standing }) => (standing ? [standing] : []));
      const best = winner(standings) ?? null;
      if (best || !input.promotes) return { standings, winner: input.promotes ? best : null };
      const overrides = await park(`no trial has a score: ${describeOutcomes(standings)}`);
      await Promise.all(input.trials.map((trial) => runTrial(trial, { override: overrides })));
    }
  }

  /** @param made what a search drew for the trial, and what a person changed for the whole stage. */
  async function runTrial(
    { name, spec, of }: StageTrial,
    made: { suggestion?: Suggestion; drawn?: DrawnSettings; override?: Overrides | null } = {},
  ): Promise<void> {
    const { suggestion = null, drawn = null, override = null } = made;
    const row = rowOf(name);
    row.epochs = spec.config.epochs;
    row.standing = null;
    row.drawn = drawn;
    show();
    const end = await executeChild(trialWorkflow, {
      workflowId: trialWorkflowId(studyId, stage, name),
      args: [
        {
          studyId,
          stage,
          name,
          spec: { ...spec, config: asSpecified({ ...spec.config, ...override }) },
          ...(input.retrain && { retrain: true }),
        },
      ],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      typedSearchAttributes: typedSearchAttributes({
        StudyId: studyId,
        StageName: stage,
        TrialName: name,
        TrialStatus: 'queued',
        NeedsAttention: false,
      }),
      staticSummary: `${name}: ${plural(spec.config.epochs, 'epoch')}`,
    });
    const changed = override || end.override ? { ...override, ...end.override } : null;
    row.standing = { name, ...end, takenOver: false, of, suggestion, override: changed };
    show();
  }

  function rowOf(name: string): StageRow {
    const found = status.trials.find((each) => each.name === name);
    if (found) return found;
    const row: StageRow = { name, epochs: null, standing: null, failure: null, drawn: null };
    status.trials.push(row);
    return row;
  }

  /** `parallel` lines side by side. Each asks for the next suggestion when its trial has ended or parked. */
  async function runSearch({ evaluations, parallel, space, start: from, spec, profile }: SearchPlan) {
    let next = 0;
    const trials: Promise<void>[] = [];
    const line = async () => {
      while (next < evaluations) {
        const index = next++;
        const suggestion = await suggest({ space, seed: spec.seed, index, ended: ended() });
        const { name, config } = searchTrial(from, suggestion, profile, index);
        const drawn = asTrained(suggestion, profile);
        const trial = runTrial({ name, spec: { ...spec, config }, of: null }, { suggestion, drawn });
        trials.push(trial);
        const parked = () => status.trials.some((each) => each.name === name && each.failure !== null);
        await Promise.race([trial, condition(parked)]);
      }
    };
    await Promise.all(Array.from({ length: Math.min(parallel, evaluations) }, line));
    await Promise.all(trials);
  }

  /** The search's trained trials so far. A skipped trial has no result to learn from. */
  function ended(): SearchedTrial[] {
    return status.trials.flatMap(({ standing }) =>
      standing?.status === 'trained' && standing.suggestion
        ? [{ suggestion: standing.suggestion, score: standing.score }]
        : [],
    );
  }

  /** Waits for a person, who may change settings for the whole stage. */
  async function park(failure: string): Promise<Overrides | null> {
    status.failure = failure;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: true }));
    setCurrentDetails(failedStageDetails(workflowInfo().workflowId, stage, failure));
    await notifyAbove(studyId, failure);
    const decision = await waitForDecision();
    status.failure = null;
    upsertSearchAttributes(searchAttributes({ NeedsAttention: false }));
    show();
    await notifyAbove(studyId, null);
    return decision.choice === 'retry' ? decision.overrides : null;
  }
}

// --- helpers ---

function describeOutcomes(standings: TrialStanding[]): string {
  return standings
    .map((standing) => {
      const { name, message } = standing;
      return `${name} ${endInWords(standing)}${message ? ` (${message})` : ''}`;
    })
    .join(', ');
}
