import { availableParallelism } from 'node:os';

/**
 * How many trainings run side by side: `STAGED_STUDY_SLOTS`, or one for every two processors. On a GPU, run one worker
 * a GPU, each with its own `CUDA_VISIBLE_DEVICES` and one slot.
 *
 * @throws where `STAGED_STUDY_SLOTS` is no whole number from 1 to 64.
 */
export function trainingSlots(env: NodeJS.ProcessEnv): number {
  const given = env.STAGED_STUDY_SLOTS;
  if (given === undefined)
    return env.CUDA_VISIBLE_DEVICES ? 1 : Math.max(1, Math.floor(availableParallelism() / 2));
  const slots = Number(given);
  if (!Number.isInteger(slots) || slots < 1 || slots > 64) {
    throw new Error(`STAGED_STUDY_SLOTS: expected a whole number from 1 to 64, got "${given}"`);
  }
  return slots;
}
