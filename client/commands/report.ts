import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../infra/user-error.ts';
import { reportFiles } from '../../report/report-files.ts';
import { readRecord } from '../../storage/studies.ts';
import { withSession } from '../session.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Write the report of a study that has ended: a page, its record as JSON, every epoch as CSV.',
    )
    .argument('<study>', 'the id of a study (see list)')
    .option('--out <folder>', 'where to; else a folder with the name of the study')
    .addHelpText('after', '\nExample:\n  npx staged-study report cifar10-demo-1 --out report')
    .action((studyId: string, { out }: { out?: string }) =>
      withSession({ quiet: true }, async ({ store }) => {
        const record = await readRecord(store, studyId);
        if (!record) {
          throw new UserError(
            `study: expected one that has ended, got "${studyId}"; npx staged-study list names those there are`,
          );
        }
        const folder = resolve(out ?? studyId);
        await mkdir(folder, { recursive: true });
        for (const { name, content } of await reportFiles(record)) {
          await writeFile(join(folder, name), content);
          console.log(join(folder, name));
        }
      }),
    );
}
