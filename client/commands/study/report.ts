import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../../infra/make-folder.ts';
import { UserError } from '../../../infra/user-error.ts';
import { renderReport } from '../../../report/render-report.ts';
import { readRecord } from '../../../storage/studies.ts';
import { isValidId } from '../../../study/definition/text-schemas.ts';
import type { StudyRecord } from '../../../study/record/record.ts';
import { runAgainCommand, STUDY_IS, statusInWords } from '../../../words/study-end.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { findStudy } from '../../observe/find-study.ts';
import { readRecordFile } from '../../observe/record-file.ts';
import { type Session, withSession } from '../../servers/session.ts';

/** @param study a study's id, or a file that holds a record. */
export async function report(study: string, { out }: { out?: string }): Promise<void> {
  if (study.endsWith('.json')) {
    const record = await readRecordFile(study);
    await writeReport(record, await checkedFolder(out ?? record.opening.studyId));
    return;
  }
  const folder = await checkedFolder(out ?? study);
  await withSession({ level: 'servers' }, async (session) =>
    writeReport(await storedRecord(session, study), folder),
  );
}

// --- helpers ---

async function storedRecord(session: Session, studyId: string): Promise<StudyRecord> {
  const known = isValidId(studyId) ? await readRecord(session.store, studyId) : undefined;
  return known ?? refuse(session, studyId);
}

async function writeReport(record: StudyRecord, folder: string): Promise<void> {
  const files = Object.entries(await renderReport(record));
  try {
    makeFolder(folder);
    for (const [name, content] of files) {
      await writeFile(join(folder, name), content);
      console.log(join(folder, name));
    }
  } catch (cause) {
    throw new UserError(
      `--out: can't write to ${folder} (${(cause as Error).message}); choose another folder`,
      { cause },
    );
  }
}

/** Explains why there is no record. */
async function refuse(session: Session, studyId: string): Promise<never> {
  const { status, memo } = await findStudy(session, studyId);
  if (status.name !== 'COMPLETED') {
    const whatToDo =
      status.name === 'RUNNING'
        ? `to watch it: npx staged-study watch ${studyId}`
        : `to run it again: ${runAgainCommand(String(memo?.profile ?? '…'))}. ${STUDY_IS}`;
    throw new UserError(
      `${studyId}: expected a completed study, got one that is ${statusInWords(status.name)}; ${whatToDo}`,
    );
  }
  throw new UserError(`${studyId}: its record is not in this object store; check S3_ENDPOINT and S3_BUCKET`);
}

/** Before a stack is started for nothing. */
async function checkedFolder(name: string): Promise<string> {
  const folder = resolve(name);
  const found = await stat(folder).catch(() => undefined);
  if (found && !found.isDirectory()) throw new UsageError(`--out: expected a folder, got a file: ${folder}`);
  return folder;
}
