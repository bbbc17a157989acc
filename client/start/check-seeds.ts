import type { ObjectStore } from '../../storage/object-store.ts';
import { readSeeds, SeedError } from '../../storage/search-seeds.ts';
import type { Study } from '../../study/definition/study-schema.ts';
import { spaceOf } from '../../study/search/suggestion.ts';
import { asStored } from '../../study/trial/measure.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/**
 * Refuses a study whose searches are to learn from earlier ones that they can't learn from. Whether those trained on the same images
 * is known only when the study's data set is.
 *
 * @throws {UsageError} that says what is wrong, and what to do.
 */
export async function checkSeeds(store: ObjectStore, study: Study): Promise<void> {
  for (const stage of study.stages) {
    if (stage.kind !== 'search' || !stage.seededBy) continue;
    try {
      const rankBy = asStored(study.rankBy);
      await readSeeds(store, stage.seededBy, { space: spaceOf(stage.space), rankBy });
    } catch (error) {
      if (error instanceof SeedError) throw new UsageError(`stage ${stage.name}: ${error.message}`);
      throw error;
    }
  }
}
