import { Command } from 'commander';
import { selectProfile } from '../../study/parse-study.ts';
import { datasetSource } from '../dataset-source.ts';
import { EXIT } from '../exit-codes.ts';
import { InterruptedError, interruption } from '../interruption.ts';
import { printOutcome } from '../outcome.ts';
import { type Session, withSession } from '../session.ts';
import { startOrResume } from '../start-study.ts';
import { loadStudy } from '../study-source.ts';
import { watchStudy } from '../watch-study.ts';

interface RunOptions {
  profile: string;
  dataset?: string;
  id?: string;
  new?: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('Run a study and watch it, on a stack that is up or one brought up for it.')
    .argument('[study]', 'cifar10, or a JSON file', 'cifar10')
    .option('--profile <name>', 'how large: cifar10 has demo, quick and report', 'demo')
    .option(
      '--dataset <file|url>',
      "CIFAR-10's binary archive; else CIFAR10_ARCHIVE, else the official address",
    )
    .option('--id <id>', 'the id of the study to start, or to go on with')
    .option('--new', 'start another study, even where one like it is unfinished')
    .addHelpText(
      'after',
      '\nThe same command again goes on with the unfinished study. Ctrl-C stops what this command started.' +
        '\n\nExample:\n  npx staged-study run cifar10 --profile quick --dataset cifar-10-binary.tar.gz',
    )
    .action(run);
}

// --- helpers ---

async function run(name: string, options: RunOptions): Promise<void> {
  // All that can be wrong with what was typed is found before anything is started.
  const study = await loadStudy(name);
  selectProfile(study, options.profile);
  const source = await datasetSource(options.dataset);

  const signal = interruption();
  try {
    await withSession({}, async (session) => {
      const request = { study, profile: options.profile, source };
      const { studyId, resumed } = await startOrResume(session.client, request, options);
      if (resumed) console.log(`Going on with the unfinished study ${studyId}.`);
      const view = await watchStudy(session.client, studyId, signal);
      process.exitCode = await printOutcome(session, view);
      await keepForTheTerminal(session, signal);
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    console.error('Stopped. The same command again goes on with the study.');
    process.exitCode = EXIT.interrupted;
  }
}

/** In a terminal the stack stays up until Ctrl-C, so that the Temporal UI can be looked at. */
async function keepForTheTerminal({ stackStartedHere }: Session, signal: AbortSignal): Promise<void> {
  if (!process.stdout.isTTY || !stackStartedHere) return;
  console.log('\nThe stack stays up until Ctrl-C.');
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
