import { bringUpStack, credentialsFile, embeddedConfiguration } from '../../servers/configuration.ts';
import { listUrl } from '../../terminal/temporal-ui.ts';

export async function up(): Promise<void> {
  const configuration = embeddedConfiguration('up');
  const { startedHere, temporal, store } = await bringUpStack(configuration, {
    level: 'training',
    keepAfterExit: true,
  });
  console.log(
    startedHere ? 'The stack is up. To stop it: npx staged-study down' : 'The stack is already up.',
  );
  console.log(`Temporal UI: ${temporal.uiUrl}`);
  console.log(`all trials:  ${listUrl(temporal.uiUrl, temporal.namespace, 'TrialName IS NOT NULL')}`);
  console.log(`objects:     ${store.consoleUrl ?? store.endpoint}`);
  if (store.consoleUrl) console.log(`             login: ${credentialsFile(configuration)}`);
}
