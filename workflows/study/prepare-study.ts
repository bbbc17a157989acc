import { inputOf } from '../../study/definition/data-schema.ts';
import { selectProfile } from '../../study/definition/parse-study.ts';
import { pretrainedNetworks } from '../../study/definition/pretrained.ts';
import type { Profile, Study } from '../../study/definition/study-schema.ts';
import { limitImages, type NamedConfig, trialData, trialSpec } from '../../study/plan/plan.ts';
import { runSeed } from '../../study/plan/runs.ts';
import type { TrialData, TrialSpec } from '../../study/trial/trial.ts';
import { openStudy, preparations } from '../activities.ts';
import type { StudyStatus } from '../status.ts';
import type { StudyRequest } from '../study-workflow.ts';

/** A study whose data and weights are in the store: what its stages make trials of. */
export interface PreparedStudy {
  request: StudyRequest;
  study: Study;
  profile: Profile;
  data: TrialData;
  /** How many images the final test takes. */
  testImages: number;
  numerics: number;
  /** @param which default: the first run, and no repetition. */
  specOf(config: NamedConfig['config'], which?: { repetition?: number; run?: number }): TrialSpec;
}

/**
 * Prepares data and weights, and writes what the study was started with.
 *
 * @param status is kept up to date.
 */
export async function prepareStudy(request: StudyRequest, status: StudyStatus): Promise<PreparedStudy> {
  const { study, profile: profileName, source } = request;
  const profile = selectProfile(study, profileName);
  const { prepareDataset, prepareWeights } = preparations(request.heartbeatSeconds);
  const networks = pretrainedNetworks(study, profile);
  const weights =
    networks.length > 0
      ? await prepareWeights({
          source: request.weights,
          networks,
          ...(study.data && { input: inputOf(study) }),
        })
      : null;
  status.weights = weights;
  const dataset = await prepareDataset({
    source,
    generatedImages: profile.generatedImages,
    ...(study.data && { data: study.data }),
  });
  const testImages = limitImages(profile.testImages, dataset.testImages);
  status.dataset = dataset;
  status.images = { training: limitImages(profile.trainImages, dataset.trainImages), test: testImages };
  const opened = await openStudy({
    studyId: status.studyId,
    study,
    profile: profileName,
    dataset,
    weights,
    fromScratch: request.fromScratch ?? false,
  });
  status.objectsUrl = opened.objectsUrl;
  const data = trialData(study, profile, dataset);
  const specOf: PreparedStudy['specOf'] = (config, { repetition = 0, run = 0 } = {}) =>
    trialSpec(config, data, {
      seed: runSeed(study.seed, run),
      repetition,
      numerics: opened.numerics,
      weights: weights?.sha256 ?? null,
      rankBy: study.rankBy,
    });
  return { request, study, profile, data, testImages, numerics: opened.numerics, specOf };
}
