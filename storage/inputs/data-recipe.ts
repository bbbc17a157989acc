import type { StudyData } from '../../study/definition/data-schema.ts';
import { canonicalJson } from '../../study/trial/trial-key.ts';
import { sha256Of } from '../blobs.ts';

/**
 * Names how data are prepared: the SHA-256 of their content and of all that the study says of them, except how trials
 * normalise them. Equal recipes give equal data sets.
 *
 * @param sourceSha256 of the source's content.
 */
export function dataRecipe(sourceSha256: string, { source: _, ...data }: StudyData): string {
  const rules = data.kind === 'images' ? { ...data, normalisation: undefined } : data;
  const recipe = canonicalJson({ preparation: PREPARATION, source: sourceSha256, rules });
  return sha256Of(Buffer.from(recipe));
}

// --- helpers ---

/** Raised if data are prepared in another way. */
const PREPARATION = 1;
