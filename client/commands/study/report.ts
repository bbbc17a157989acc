import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../../infra/make-folder.ts';
import { UserError } from '../../../infra/user-error.ts';
import { renderReport } from '../../../report/render-report.ts';
import { readRecord } from '../../../storage/studies.ts';
import { isValidId } from '../../../study/definition/text-schemas.ts';
import { runAgainCommand, STUDY_IS, statusInWords } from '../../../words/study-end.ts';
import { UsageError } from '../../command-line/exit-codes.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type Session, withSession } from '../../servers/session.ts';

export async function report(studyId: string, { out }: { out?: string }): Promise<void> {
  const folder = resolve(out ?? studyId);
  await checkFolder(folder);
  await withSession({ level: 'servers' }, (session) => writeReport(session, studyId, folder));
}

// --- helpers ---

async function writeReport(session: Session, studyId: string, folder: string): Promise<void> {
  const known = isValidId(studyId) ? await readRecord(session.store, studyId) : undefined;
  const record = known ?? (await refuse(session, studyId));
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
async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found && !found.isDirectory()) throw new UsageError(`--out: expected a folder, got a file: ${folder}`);
}
