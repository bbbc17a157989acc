import type { StudyRecord } from '../study/record/record.ts';
import { renderCsv } from './csv.ts';
import { renderPage } from './page.ts';

export interface Report {
  /** One page that needs no other file and no network. */
  html: string;
  /** The record. */
  json: string;
  /** Every epoch of every run. */
  csv: string;
}

/** Makes a study's report from its record, finished or not. Equal records give equal reports. */
export async function renderReport(record: StudyRecord): Promise<Report> {
  return {
    html: await renderPage(record),
    json: `${JSON.stringify(record, null, 2)}\n`,
    csv: renderCsv(record),
  };
}
