import { renderReport } from '../report/render-report.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readRecord, writeReportFile } from '../storage/studies.ts';

/** Renders a study's report from its record, and stores its page, JSON and CSV. */
export function createWriteReport({ store }: { store: ObjectStore }) {
  return async ({ studyId }: { studyId: string }): Promise<void> => {
    const record = await readRecord(store, studyId);
    if (!record) throw new Error(`study ${studyId}: expected its record in the store, found none`);
    for (const [name, content] of Object.entries(await renderReport(record))) {
      await writeReportFile(store, studyId, name, content);
    }
  };
}
