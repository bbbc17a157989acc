import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../../infra/user-error.ts';
import { renderReport } from '../../../report/render-report.ts';
import { isValidId } from '../../../storage/keys.ts';
import { readRecord } from '../../../storage/studies.ts';
import { helpText } from '../../command-line/help.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type Session, withSession } from '../../servers/session.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Write the report of a study that has completed: a page, its record as JSON, every epoch as CSV.',
    )
    .argument('<study>', 'the id of a study (see list)')
    .option('--out <folder>', 'where to; else a folder named after the study, here')
    .addHelpText(
      'after',
      helpText({
        notes: 'Files of the same name in the folder are replaced.',
        examples: ['report cifar10-demo-1 --out report'],
        exits: { 0: 'the files are written', 1: 'the study has not completed, or they could not be written' },
      }),
    )
    .action(async (studyId: string, { out }: { out?: string }) => {
      const folder = resolve(out ?? studyId);
      await checkFolder(folder);
      await withSession({}, (session) => report(session, studyId, folder));
    });
}

// --- helpers ---

async function report(session: Session, studyId: string, folder: string): Promise<void> {
  const known = isValidId(studyId) ? await readRecord(session.store, studyId) : undefined;
  const record = known ?? (await refuse(session, studyId));
  const files = Object.entries(await renderReport(record));
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) {
      await writeFile(join(folder, name), content);
      console.log(join(folder, name));
    }
  } catch (cause) {
    throw new UserError(
      `--out: ${folder} can't be written (${(cause as Error).message}); choose another folder`,
      {
        cause,
      },
    );
  }
}

async function refuse(session: Session, studyId: string): Promise<never> {
  const { status } = await findStudy(session, studyId);
  const what =
    status.name === 'COMPLETED'
      ? 'whose record is not in this store'
      : `that is ${status.name.toLowerCase()}`;
  throw new UserError(`${studyId}: expected a study that has completed, got one ${what}`);
}

/** Before a stack is brought up for it. */
async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found && !found.isDirectory()) throw new UsageError(`--out: expected a folder, got a file: ${folder}`);
}
