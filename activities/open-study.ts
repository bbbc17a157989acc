import type { ObjectStore } from '../storage/object-store.ts';
import { readStudy, writeStudy } from '../storage/studies.ts';
import type { Study } from '../study/definition/study-schema.ts';
import type { DatasetSummary, WeightsSummary } from '../study/record/record.ts';
import { NUMERICS } from '../study/trial/trial.ts';

/** Writes `study.json`, once: what the study was started with, and the version of numerics that its trials share. */
export function createOpenStudy({ store, objectsUrl }: { store: ObjectStore; objectsUrl: string | null }) {
  return async (opening: {
    studyId: string;
    study: Study;
    profile: string;
    dataset: DatasetSummary;
    weights: WeightsSummary | null;
    fromScratch: boolean;
  }): Promise<{ numerics: number; objectsUrl: string | null }> => {
    const opened = await readStudy(store, opening.studyId);
    if (opened) return { numerics: opened.numerics, objectsUrl };
    await writeStudy(store, {
      format: 1,
      ...opening,
      numerics: NUMERICS,
      startedAt: new Date().toISOString(),
    });
    return { numerics: NUMERICS, objectsUrl };
  };
}
