import { Command } from 'commander';
import { helpText } from '../../command-line/help.ts';
import { bringUpStack, credentialsFile, embeddedConfiguration } from '../../servers/servers.ts';

export function upCommand(): Command {
  return new Command('up')
    .description(
      'Bring up the stack and leave it running: Temporal with its UI, MinIO, a control and a training worker.',
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          'State, logs and the login of MinIO are in .state/, or where STAGED_STUDY_STATE says. Ports that are taken are\n' +
          'replaced. With S3_ENDPOINT set, that store is used instead of MinIO.',
        examples: ['up', 'up && npx staged-study start cifar10 --profile quick'],
        exits: { 0: 'the stack is up', 1: 'a part of it could not be started' },
      }),
    )
    .action(async () => {
      const { startedHere, temporal, store } = await bringUpStack('up', { keepAfterExit: true });
      console.log(
        startedHere ? 'The stack is up; npx staged-study down stops it.' : 'The stack is up already.',
      );
      console.log(`Temporal UI: ${temporal.uiUrl}`);
      console.log(`objects:     ${store.consoleUrl ?? store.endpoint}`);
      if (store.consoleUrl)
        console.log(`             login: ${credentialsFile(embeddedConfiguration('up'))}`);
    });
}
