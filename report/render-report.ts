import type { StudyRecord } from '../study/record/record.ts';
import { renderCsv } from './csv.ts';
import { renderPage } from './page.ts';

/** The report's files: the content of each by its name. */
export interface ReportFiles {
  /** One page that needs no other file and no network. */
  'index.html': string;
  'record.json': string;
  /** Every epoch of every trial. */
  'epochs.csv': string;
}

/** Renders the report of a finished or unfinished study from its record. Equal records give equal files. */
export async function renderReport(record: StudyRecord): Promise<ReportFiles> {
  return {
    'index.html': await renderPage(record),
    'record.json': `${JSON.stringify(record, null, 2)}\n`,
    'epochs.csv': renderCsv(record),
  };
}
