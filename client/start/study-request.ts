import { selectProfile } from '../../study/definition/parse-study.ts';
import { pretrainedNetworks } from '../../study/definition/pretrained.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { withBudget } from './budget.ts';
import { datasetSource } from './dataset-source.ts';
import { heartbeatSeconds } from './heartbeat-seconds.ts';
import { checkStudyId } from './study-id.ts';
import { loadStudy } from './study-source.ts';
import { type WeightsOptions, withWeights } from './weights-source.ts';

/** The options of `run` and `start`. */
export interface StudyOptions extends WeightsOptions {
  profile?: string;
  dataset?: string;
  id?: string;
  new?: boolean;
  retrain?: boolean;
  /** Of each search. */
  budget?: string;
}

/** Turns what was typed into what a study starts with, and checks all of it before anything is started. */
export async function studyRequest(
  name: string,
  { profile, dataset, id, retrain, budget, ...weightsOptions }: StudyOptions,
): Promise<StudyRequest> {
  if (id !== undefined) checkStudyId(id);
  const loaded = withBudget(await loadStudy(name), budget);
  const [first = ''] = Object.keys(loaded.profiles);
  const selected = selectProfile(loaded, profile ?? first);
  const seconds = heartbeatSeconds(process.env);
  const source = await datasetSource(dataset, loaded, name);
  const { study, weights } = await withWeights(loaded, [selected], weightsOptions);
  const fromScratch = weightsOptions.fromScratch === true && pretrainedNetworks(loaded, selected).length > 0;
  return {
    study,
    profile: profile ?? first,
    source,
    weights,
    ...(fromScratch && { fromScratch }),
    ...(retrain && { retrain }),
    ...(seconds !== undefined && { heartbeatSeconds: seconds }),
  };
}
