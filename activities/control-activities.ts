import type { ObjectStore } from '../storage/object-store.ts';
import type { AllowedSources } from './files/allowed-sources.ts';
import { createOpenStudy } from './open-study.ts';
import { createPrepareDataset } from './prepare-dataset.ts';
import { createPrepareWeights } from './prepare-weights.ts';
import { createCompareRepetitions, createFindRepetition } from './retrain.ts';
import { suggestNext } from './suggest.ts';
import { createWriteRecord } from './write-record.ts';
import { createWriteReport } from './write-report.ts';

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
    prepareDataset: createPrepareDataset(dependencies),
    prepareWeights: createPrepareWeights(dependencies),
    openStudy: createOpenStudy(dependencies),
    suggest: suggestNext,
    findRepetition: createFindRepetition(dependencies),
    compareRepetitions: createCompareRepetitions(dependencies),
    writeRecord: createWriteRecord(dependencies),
    writeReport: createWriteReport(dependencies),
  };
}
