import type { StudyRecord } from '../study/record/record.ts';
import { renderReport } from './render-report.ts';

/** The files of a study's report: a page, the record, every epoch of every run. */
export async function reportFiles(record: StudyRecord): Promise<{ name: string; content: string }[]> {
  const { html, json, csv } = await renderReport(record);
  return [
    { name: 'index.html', content: html },
    { name: 'record.json', content: json },
    { name: 'epochs.csv', content: csv },
  ];
}
