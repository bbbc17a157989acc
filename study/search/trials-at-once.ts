import type { SearchStage } from '../definition/stage-schema.ts';

/** As many as a stage may compare. `run` asks each trial that has not ended how far it is, every second or two. */
const MOST_AT_ONCE = 100;

/**
 * How many trials of a search are in the training queue at the same time. Random search learns nothing from results, so
 * that its trials need not wait for each other; a sampler that learns suggests better configurations the more trials have
 * ended.
 */
export function trialsAtOnce({
  evaluations,
  parallel = MOST_AT_ONCE,
}: Pick<SearchStage, 'evaluations' | 'parallel'>): number {
  return Math.min(parallel, evaluations);
}
