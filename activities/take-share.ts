import { Context, log } from '@temporalio/activity';
import type { InputForm } from '../study/definition/input-form.ts';
import { NetworkShapeError } from '../study/definition/network-shapes.ts';
import { type TrainingConfig, threadsOf } from '../study/definition/training-config.ts';
import { readsAhead, trialMemoryBytes } from '../study/plan/memory.ts';
import { usesGpu } from '../trainer/capacity.ts';
import type { Share, TrainingBudget } from './training-budget.ts';

/** The images of a job. */
export interface JobImages {
  count: number;
  input: InputForm;
  isReadAhead: boolean;
}

/**
 * Whether a trial's images stay in their file, because the machine's memory doesn't hold the trial otherwise.
 *
 * @returns false if no image fits through the network: the trainer then says what is wrong with it.
 */
export function isReadAhead(
  config: TrainingConfig,
  { count, input }: Pick<JobImages, 'count' | 'input'>,
  { total }: TrainingBudget,
): boolean {
  try {
    return readsAhead(config, count, input, total.memoryBytes);
  } catch (error) {
    if (error instanceof NetworkShapeError) return false;
    throw error;
  }
}

/**
 * Waits until the machine has what the current activity's job needs: a core for each thread, and memory.
 *
 * @param images how many the job holds in memory, their form, and whether they stay in their file instead.
 * @param alone whether it gets the whole machine: it waits until every other training has ended.
 * @throws the reason of the activity's cancellation.
 */
export async function takeShare(
  budget: TrainingBudget,
  share: Share,
  config: TrainingConfig,
  images: JobImages,
  alone = false,
): Promise<void> {
  const need = alone
    ? budget.total
    : { cores: usesGpu(process.env) ? 1 : threadsOf(config), memoryBytes: memoryOf(config, images) };
  if (budget.exceeds(need)) {
    log.warn(
      'the trial needs more than this machine has: it gets the machine alone, and may be slow or fail',
      {
        needed: need,
        available: budget.total,
      },
    );
  }
  await share.take(need, Context.current().cancellationSignal);
}

// --- helpers ---

/** None if no image fits through the network: the trainer then says what is wrong with it. */
function memoryOf(config: TrainingConfig, { count, input, isReadAhead }: JobImages): number {
  try {
    return trialMemoryBytes(config, count, input, isReadAhead);
  } catch (error) {
    if (error instanceof NetworkShapeError) return 0;
    throw error;
  }
}
