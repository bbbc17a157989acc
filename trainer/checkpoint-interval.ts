const DEFAULT_SECONDS = 15;

/**
 * How much training a crash may cost, at least one epoch: a trial stores a checkpoint at the end of an epoch if this time
 * has passed since the last one. `STAGED_STUDY_CHECKPOINT_SECONDS`, by default 15; with 0, every epoch has a checkpoint.
 *
 * @throws {Error} if the variable is not a number from 0 to 86,400.
 */
export function checkpointIntervalMs({ STAGED_STUDY_CHECKPOINT_SECONDS: given }: NodeJS.ProcessEnv): number {
  const seconds = given ? Number(given) : DEFAULT_SECONDS;
  if (seconds >= 0 && seconds <= 86_400) return 1000 * seconds;
  throw new Error(`STAGED_STUDY_CHECKPOINT_SECONDS: expected a number from 0 to 86400, got "${given}"`);
}
