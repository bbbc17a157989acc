import type { Client } from '@temporalio/client';
import { QUERIES, trialWorkflowId } from '../../temporal/names.ts';
import type { TrialStatus } from '../../workflows/status.ts';
import type { StageView, StudyView } from './observe-study.ts';
import { type InStage, isNamed, partsOfName } from './trial-names.ts';
import { ifStarted, type TrialView, unfinishedTrial } from './view-trial.ts';

/** The trials that stages have trained, without those that they have taken over. */
export function ownTrials(stages: readonly StageView[]): (TrialView & InStage)[] {
  return stages.flatMap((stage) =>
    stage.trials
      .filter(({ standing }) => !standing?.takenOver)
      .map((trial) => ({ ...trial, stage: stage.name })),
  );
}

/**
 * The trials that a person may mean, also those that a long search no longer lists.
 *
 * @param given `NAME` or `STAGE/NAME`.
 */
export async function trialsNamed(
  client: Client,
  { studyId, stages }: Pick<StudyView, 'studyId' | 'stages'>,
  given: string,
): Promise<(TrialView & InStage)[]> {
  const found = ownTrials(stages).filter((trial) => isNamed(trial, given));
  const { stage: asked, name } = partsOfName(given);
  for (const { name: stage, evaluations, trials } of stages) {
    const listsAll = evaluations === null || trials.length > evaluations;
    if (listsAll || found.some((trial) => trial.stage === stage) || (asked ?? stage) !== stage) continue;
    const trial = client.workflow.getHandle(trialWorkflowId(studyId, stage, name));
    if (!(await ifStarted(trial.query<TrialStatus>(QUERIES.trialStatus)))) continue;
    const row = { name, epochs: null, standing: null, failure: null, drawn: null };
    found.push({ ...(await unfinishedTrial(client, studyId, stage, row)), stage });
  }
  return found;
}
