import { statSync } from 'node:fs';
import {
  type Configuration,
  type EmbeddedConfiguration,
  readConfiguration,
} from '../../infra/configuration.ts';
import { type OpenStack, openStack } from '../../infra/stack/open-stack.ts';
import { statePaths } from '../../infra/stack/state-folder.ts';
import { UserError } from '../../infra/user-error.ts';
import { UsageError } from '../command-line/usage-error.ts';

/**
 * Where the servers are: the embedded stack's state folder, or somebody's deployment.
 *
 * @throws {UsageError} where the environment names them in part, or a state folder that is none.
 */
export function configuration(): Configuration {
  try {
    const found = readConfiguration(process.env);
    if (found.kind === 'embedded') checkStateFolder(found.stateFolder);
    return found;
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The embedded configuration, for commands that are about the stack itself. */
export function embeddedConfiguration(command: string): EmbeddedConfiguration {
  const found = configuration();
  if (found.kind === 'embedded') return found;
  throw new UsageError(
    `${command}: a Temporal server is configured, so this program has no stack of its own; ` +
      'unset TEMPORAL_ADDRESS and TEMPORAL_PROFILE to use one',
  );
}

/** Brings up the embedded stack, or finds it up. Says on standard error what it waits for. */
export function bringUpStack(command: string, options: { keepAfterExit: boolean }): Promise<OpenStack> {
  return openStack({
    configuration: embeddedConfiguration(command),
    keepAfterExit: options.keepAfterExit,
    onProgress: (doing) => console.error(doing),
  });
}

/** Where the login of the stack's own MinIO is. */
export function credentialsFile({ stateFolder }: EmbeddedConfiguration): string {
  return statePaths(stateFolder).credentials;
}

// --- helpers ---

function checkStateFolder(folder: string): void {
  const problem = (what: string) =>
    new UsageError(`STAGED_STUDY_STATE: expected a folder, or where one can be made, got ${what}: ${folder}`);
  try {
    if (!statSync(folder).isDirectory()) throw problem('a file');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code !== 'ENOENT') throw problem(code === 'ENOTDIR' ? 'something within a file' : code);
  }
}
