import type { ObjectStore } from '../storage/object-store.ts';
import { retried } from './failures.ts';
import type { AllowedSources } from './files/allowed-sources.ts';
import { createOpenStudy } from './open-study.ts';
import { createPrepareDataset } from './prepare-dataset.ts';
import { createPrepareWeights } from './prepare-weights.ts';
import { createCompareRepetitions, createFindRepetition } from './retrain.ts';
import { createSuggest } from './suggest.ts';
import { createWriteRecord } from './write-record.ts';
import { createWriteReport } from './write-report.ts';
import { createWriteStage } from './write-stage.ts';

export type ControlActivities = ReturnType<typeof createControlActivities>;

/**
 * The activities of a control worker: those that need no trainer.
 *
 * @param dependencies.downloads folder for downloads.
 * @param dependencies.sources what a study may name as its data set and weights.
 * @param dependencies.objectsUrl where a browser shows the store's objects, if known.
 */
export function createControlActivities(dependencies: {
  store: ObjectStore;
  downloads: string;
  sources: AllowedSources;
  objectsUrl: string | null;
}) {
  return {
    prepareDataset: retried(createPrepareDataset(dependencies), 5),
    prepareWeights: retried(createPrepareWeights(dependencies)),
    openStudy: retried(createOpenStudy(dependencies)),
    suggest: retried(createSuggest(dependencies)),
    findRepetition: retried(createFindRepetition(dependencies)),
    compareRepetitions: retried(createCompareRepetitions(dependencies)),
    writeStage: retried(createWriteStage(dependencies)),
    writeRecord: retried(createWriteRecord(dependencies)),
    writeReport: retried(createWriteReport(dependencies)),
  };
}
