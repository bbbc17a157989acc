/**
 * How many trials a worker trains at the same time: `STAGED_STUDY_SLOTS`, or one for every two processors. With a GPU,
 * start one worker per GPU, each with its own `CUDA_VISIBLE_DEVICES`; it then has one slot.
 *
 * @param processors of this machine; each slot gets an equal share of them as threads.
 * @throws {Error} if `STAGED_STUDY_SLOTS` is not an integer from 1 to 64.
 */
export function trainingSlots(
  env: NodeJS.ProcessEnv,
  processors: number,
): { slots: number; threads: number } {
  const slots = slotsGiven(env) ?? (env.CUDA_VISIBLE_DEVICES ? 1 : atLeastOne(processors / 2));
  return { slots, threads: atLeastOne(processors / slots) };
}

// --- helpers ---

function slotsGiven({ STAGED_STUDY_SLOTS: given }: NodeJS.ProcessEnv): number | undefined {
  if (given === undefined) return undefined;
  const slots = Number(given);
  if (!Number.isInteger(slots) || slots < 1 || slots > 64) {
    throw new Error(`STAGED_STUDY_SLOTS: expected an integer from 1 to 64, got "${given}"`);
  }
  return slots;
}

function atLeastOne(count: number): number {
  return Math.max(1, Math.floor(count));
}
