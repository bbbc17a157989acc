import { putAddress } from '../../storage/inputs/addresses.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { isUrl } from './is-url.ts';

/**
 * The request as a workflow gets it. URLs with a query, which is a secret if they are presigned, stay in the store, and the
 * request names them.
 */
export async function keepAddresses(store: ObjectStore, request: StudyRequest): Promise<StudyRequest> {
  const named = async (source: string | null) =>
    source !== null && isUrl(source) && new URL(source).search !== '' ? putAddress(store, source) : source;
  return {
    ...request,
    source: { archive: await named(request.source.archive) },
    weights: { file: await named(request.weights.file) },
  };
}
