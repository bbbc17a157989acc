import { ApplicationFailure } from '@temporalio/activity';
import { readAddress } from '../../storage/inputs/addresses.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { sourceName } from '../../study/record/source-name.ts';
import type { AllowedSources } from './allowed-sources.ts';

/**
 * The path or URL that a study names as its data set or weights.
 *
 * @param named as the study's input has it.
 * @throws {ApplicationFailure} that isn't retried, if this worker may not use it, or the store has lost it.
 */
export async function namedSource(
  { store, sources }: { store: ObjectStore; sources: AllowedSources },
  named: string,
): Promise<string> {
  const source = await readAddress(store, named);
  if (source === undefined) {
    throw ApplicationFailure.nonRetryable(
      `${sourceName(named)}: expected its full URL in the object store, found none; start the study again and name the URL`,
      'AddressGone',
    );
  }
  if (await sources(source)) return source;
  throw ApplicationFailure.nonRetryable(
    `${sourceName(named)}: expected a file or URL that the control worker allows (its STAGED_STUDY_SOURCES), got another; ` +
      'name one that it allows, or extend the list',
    'SourceRefused',
  );
}
