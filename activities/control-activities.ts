import type { ObjectStore } from '../storage/object-store.ts';
import { createOpenStudy } from './open-study.ts';
import { createPrepareDataset } from './prepare-dataset.ts';
import { createPrepareWeights } from './prepare-weights.ts';
import { createSuggest } from './suggest.ts';
import { createWriteRecord } from './write-record.ts';
import { createWriteReport } from './write-report.ts';

export type ControlActivities = ReturnType<typeof createControlActivities>;

/**
 * What a control worker does beside workflows.
 *
 * @param dependencies.downloads folder for what is downloaded.
 * @param dependencies.objectsUrl where people can browse the store, if that is known.
 */
export function createControlActivities(dependencies: {
  store: ObjectStore;
  downloads: string;
  objectsUrl: string | null;
}) {
  return {
    prepareDataset: createPrepareDataset(dependencies),
    prepareWeights: createPrepareWeights(dependencies),
    openStudy: createOpenStudy(dependencies),
    suggest: createSuggest(dependencies),
    writeRecord: createWriteRecord(dependencies),
    writeReport: createWriteReport(dependencies),
  };
}
