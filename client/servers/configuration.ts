import { statSync } from 'node:fs';
import {
  type Configuration,
  type EmbeddedConfiguration,
  readConfiguration,
} from '../../infra/configuration.ts';
import { notice } from '../../infra/quiet.ts';
import { type OpenStack, openStack } from '../../infra/stack/open-stack.ts';
import type { StackLevel } from '../../infra/stack/stack-level.ts';
import { statePaths } from '../../infra/stack/state-folder.ts';
import { UserError } from '../../infra/user-error.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/**
 * Where the servers are: in the built-in stack of a state folder, or in a deployment that the environment names.
 *
 * @throws {UsageError} if the environment names them in part, or names a state folder that is not a folder.
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

/** @throws {UsageError} if a deployment is configured: `command` is about the built-in stack. */
export function embeddedConfiguration(command: string): EmbeddedConfiguration {
  const found = configuration();
  if (found.kind === 'embedded') return found;
  throw new UsageError(
    `${command}: a Temporal server is configured, so the built-in stack is not used; ` +
      'to use the stack, unset TEMPORAL_ADDRESS and TEMPORAL_PROFILE',
  );
}

/** Starts the built-in stack unless it is up. Prints its progress to standard error. */
export function bringUpStack(
  configuration: EmbeddedConfiguration,
  options: { level: StackLevel; keepAfterExit: boolean },
): Promise<OpenStack> {
  return openStack({ ...options, configuration, onProgress: notice });
}

/** The file with the login of the stack's MinIO. */
export function credentialsFile({ stateFolder }: EmbeddedConfiguration): string {
  return statePaths(stateFolder).credentials;
}

// --- helpers ---

function checkStateFolder(folder: string): void {
  const problem = (what: string) =>
    new UsageError(
      `STAGED_STUDY_STATE: expected a folder, or a path where one can be created, got ${what}: ${folder}`,
    );
  try {
    if (!statSync(folder).isDirectory()) throw problem('a file');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code !== 'ENOENT') throw problem(code === 'ENOTDIR' ? 'a path inside a file' : code);
  }
}
