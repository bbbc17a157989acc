import { Command } from 'commander';
import { helpText } from '../command-line/help.ts';
import { whenCalled } from '../command-line/when-called.ts';

/** The command that writes a study about data of one's own. */
export function newCommand(): Command {
  return new Command('new')
    .description('Look at data and write a small study about them, which runs as it is.')
    .argument('<name>', 'the name of the study: NAME.ts is written in the present folder')
    .option(
      '--data <folder|file>',
      'class folders of images, an archive, CIFAR, IDX or .npz files, or a CSV table',
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          'Starts nothing, and replaces no file. Without --data, the study is about CIFAR-10.\n' +
          'What the data may be, and what the study says of them: docs/data.md.',
        examples: [
          'new flowers --data flowers/',
          'new digits --data digits.npz',
          'new patients --data patients.csv',
        ],
        exits: {
          0: 'the study is written',
          1: 'the data can not be used; the message says why',
          2: 'wrong usage, or the file exists',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./study/new.ts')).newStudy));
}
