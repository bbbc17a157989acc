import { ApplicationFailure } from '@temporalio/activity';
import { getDatasetManifest } from '../storage/inputs/datasets.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readStudy, writeStudy } from '../storage/studies.ts';
import { type Study, studySchema } from '../study/definition/study-schema.ts';
import type { DatasetSummary, StudyOpening, WeightsSummary } from '../study/record/record.ts';
import { NUMERICS } from '../study/trial/trial.ts';
import { canonicalJson } from '../study/trial/trial-key.ts';

/**
 * Writes `study.json`, once: what the study was started with, and the version of numerics that its trials share.
 *
 * A study that is reset, or started again under its id, finds its `study.json`. If that says something else than this
 * start, the study fails: its record would mix the results of two studies.
 */
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
    if (opened) {
      refuseDifferent(opened, opening);
      return { numerics: opened.numerics, objectsUrl };
    }
    await writeStudy(store, {
      format: 1,
      ...opening,
      dataset: await withSummary(store, opening.dataset),
      numerics: NUMERICS,
      startedAt: new Date().toISOString(),
    });
    return { numerics: NUMERICS, objectsUrl };
  };
}

// --- helpers ---

/** What a page shows of a data set, if it is one's own. */
async function withSummary(store: ObjectStore, dataset: DatasetSummary): Promise<DatasetSummary> {
  if (dataset.origin.kind !== 'own') return dataset;
  const manifest = await getDatasetManifest(store, dataset.sha256);
  return manifest.format === 2 ? { ...dataset, summary: manifest.summary } : dataset;
}

type Opening = Pick<StudyOpening, 'studyId' | 'study' | 'profile' | 'dataset' | 'weights' | 'fromScratch'>;

function refuseDifferent(opened: Opening, opening: Opening): void {
  const facts = ({ study, profile, dataset, weights, fromScratch }: Opening) => ({
    definition: canonicalJson(studySchema.parse(study)),
    profile,
    'data set': dataset.sha256,
    weights: weights?.sha256 ?? 'none',
    'from scratch': fromScratch,
  });
  const [before, now] = [facts(opened), facts(opening)];
  const different = (Object.keys(before) as (keyof typeof before)[]).filter(
    (fact) => before[fact] !== now[fact],
  );
  if (different.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `study ${opening.studyId}: expected what this id was first started with, got another ${different.join(', ')}; ` +
      'start it under another id, so that its record has the results of one study',
    'StudyExists',
  );
}
