import { Command } from 'commander';
import { getDatasetManifest } from '../../../storage/inputs/datasets.ts';
import { percent } from '../../../words/numbers.ts';
import { helpText } from '../../command-line/help.ts';
import { interruption } from '../../command-line/interruption.ts';
import { checkExportFolder } from '../../export/export-folder.ts';
import { writeModel } from '../../export/write-model.ts';
import { findTrial } from '../../observe/find-trial.ts';
import { withSession } from '../../servers/session.ts';

export function exportModelCommand(): Command {
  return new Command('export-model')
    .description('Write a trained network for TensorFlow, PyTorch and TensorFlow.js, with a model card.')
    .argument('<study>', 'the id of a study that has ended (see list)')
    .argument('[trial]', 'the name of one of its trials; else its winner')
    .requiredOption(
      '--to <folder>',
      'where to: a new or empty folder, or an earlier export, which is replaced',
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          'In the folder: a TensorFlow SavedModel, safetensors with the names that PyTorch has, a TensorFlow.js model, and a\n' +
          'README.md that says where the model is from and how to load it.',
        examples: [
          'export-model cifar10-demo-1 --to winner',
          'export-model cifar10-demo-1 simple_cnn --to simple-cnn',
        ],
        exits: { 0: 'done', 1: 'failed' },
      }),
    )
    .action(exportModel);
}

// --- helpers ---

async function exportModel(studyId: string, name: string | undefined, { to }: { to: string }): Promise<void> {
  await checkExportFolder(to);
  const signal = interruption();
  await withSession({}, async (session) => {
    const found = await findTrial(session.store, studyId, name);
    const { trial, result } = found;
    const { classes } = await getDatasetManifest(session.store, result.spec.data.dataset);
    await writeModel(session, found, classes, to, signal);
    console.log(
      `${trial.name} of ${studyId}, ${percent(result.score as number)} of its validation images: written to ${to}`,
    );
  });
}
