import { getDatasetManifest } from '../../../storage/inputs/datasets.ts';
import { measureName, valueInWords } from '../../../words/measure.ts';
import { interruption } from '../../command-line/interruption.ts';
import { checkExportFolder } from '../../export/export-folder.ts';
import { writeModel } from '../../export/write-model.ts';
import { studyStatus } from '../../observe/find-study.ts';
import { findTrial } from '../../observe/find-trial.ts';
import { withSession } from '../../servers/session.ts';

export async function exportModel(
  studyId: string,
  name: string | undefined,
  { to }: { to: string },
): Promise<void> {
  await checkExportFolder(to);
  const signal = interruption();
  await withSession({ level: 'servers' }, async (session) => {
    const found = await findTrial(session.store, studyId, name, (id) => studyStatus(session, id));
    const { trial, result } = found;
    const { classes } = await getDatasetManifest(session.store, result.spec.data.dataset);
    await writeModel(session, found, classes, to, signal);
    const { rankBy } = result.spec;
    const score = `${measureName(rankBy)} ${valueInWords(result.score as number, rankBy)}`;
    console.log(`${trial.name} of ${studyId}, validation ${score}: exported to ${to}`);
  });
}
