import { type EmbeddedConfiguration, readConfiguration } from '../infra/configuration.ts';
import { type OpenStack, openStack } from '../infra/stack/open-stack.ts';
import { UserError } from '../infra/user-error.ts';

/** Where the servers are: the embedded stack's state folder, or somebody's deployment. */
export const configuration = () => readConfiguration(process.env);

/** The embedded configuration, for commands that are about the stack itself. */
export function embeddedConfiguration(command: string): EmbeddedConfiguration {
  const found = configuration();
  if (found.kind === 'embedded') return found;
  throw new UserError(
    `${command}: a Temporal server is configured, so this program has no stack of its own; ` +
      'unset TEMPORAL_ADDRESS and TEMPORAL_PROFILE to use one',
  );
}

/** Brings up the embedded stack, or finds it up. Says on standard error what it waits for, unless `quiet`. */
export function bringUpStack(
  command: string,
  options: { keepAfterExit: boolean; quiet?: boolean },
): Promise<OpenStack> {
  return openStack({
    configuration: embeddedConfiguration(command),
    keepAfterExit: options.keepAfterExit,
    onProgress: (doing) => {
      if (!options.quiet) console.error(doing);
    },
  });
}
