import type { ObjectStore } from '../storage/object-store.ts';
import { createOpenStudy } from './open-study.ts';
import { createPrepareDataset } from './prepare-dataset.ts';
import { createWriteRecord } from './write-record.ts';

export type ControlActivities = ReturnType<typeof createControlActivities>;

/**
 * What a control worker does beside workflows.
 *
 * @param dependencies.downloads folder for archives that are downloaded.
 */
export function createControlActivities(dependencies: { store: ObjectStore; downloads: string }) {
  return {
    prepareDataset: createPrepareDataset(dependencies),
    openStudy: createOpenStudy(dependencies),
    writeRecord: createWriteRecord(dependencies),
  };
}
