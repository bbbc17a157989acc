import { Command } from 'commander';
import { helpText } from '../command-line/help.ts';
import { whenCalled } from '../command-line/when-called.ts';
import { TRIAL } from './help-texts.ts';

/** The commands that use the networks of a study that has ended. */
export function modelCommands(): Command[] {
  return [predictCommand(), exportModelCommand()];
}

// --- helpers ---

const WITHOUT_STACK = 'If no stack is up, servers start for this command only, without workers.';
const ENDED_STUDY_ID = 'the id of a study that has ended (see list)';

function predictCommand(): Command {
  return new Command('predict')
    .description('Classify images, or rows of a table, with the winner of a study. Changes nothing.')
    .argument('<study>', ENDED_STUDY_ID)
    .argument(
      '[files...]',
      'PNG, JPEG or WebP files of any size; or CSV or .npz tables with the columns of the study',
    )
    .option('--validation', "also evaluate it on the study's validation images and compare with the record")
    .option('--json', 'print JSON, with the probability of every class')
    .addHelpText(
      'after',
      helpText({
        notes: `Images are prepared as those of the study were: for CIFAR-10, the central square is resized to 32×32.\n${WITHOUT_STACK}`,
        examples: [
          'predict cifar10-demo-1 cat.jpg ship.png',
          'predict cifar10-demo-1 --validation',
          'predict patients-full-1 new.csv',
        ],
        exits: {
          0: 'success',
          1: 'an image could not be read, or the validation accuracy differs from the record',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./model/predict.ts')).predict));
}

function exportModelCommand(): Command {
  return new Command('export-model')
    .description('Export a trained network for TensorFlow, PyTorch and TensorFlow.js, with a model card.')
    .argument('<study>', ENDED_STUDY_ID)
    .argument('[trial]', `${TRIAL} (default: the study's winner)`)
    .requiredOption('--to <folder>', 'a new or empty folder, or an earlier export to replace')
    .addHelpText(
      'after',
      helpText({
        notes:
          "Writes a TensorFlow SavedModel, safetensors with PyTorch's tensor names, a TensorFlow.js model, and a README.md\n" +
          'that says where the model comes from and how to load it. Of a study that was cancelled or failed, name a trial of a\n' +
          `stage that had ended.\n${WITHOUT_STACK}`,
        examples: [
          'export-model cifar10-demo-1 --to winner',
          'export-model cifar10-demo-1 simple_cnn --to simple-cnn',
        ],
        exits: { 0: 'the model is exported', 1: 'failure' },
      }),
    )
    .action(whenCalled(async () => (await import('./model/export-model.ts')).exportModel));
}
