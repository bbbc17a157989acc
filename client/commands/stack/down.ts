import { stopStack } from '../../../infra/stack/open-stack.ts';
import { embeddedConfiguration } from '../../servers/configuration.ts';

export async function down(): Promise<void> {
  const stopped = await stopStack(embeddedConfiguration('down').stateFolder);
  console.log(stopped ? 'The stack is stopped.' : 'No stack is up.');
}
