/** How much training a crash may cost. */
export interface CheckpointIntervals {
  /** A trial stores a checkpoint at the end of an epoch if this time has passed since the last one. */
  epochEndMs: number;
  /** And between two steps if this time has passed. */
  withinEpochMs: number;
}

/**
 * The intervals of checkpoints: `STAGED_STUDY_CHECKPOINT_SECONDS`, by default 15, where 0 gives every epoch a checkpoint; and
 * `STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS`, by default 300, where 0 gives as many as can be stored.
 *
 * @throws {Error} if a variable is not a number from 0 to 86,400.
 */
export function checkpointIntervals(env: NodeJS.ProcessEnv): CheckpointIntervals {
  return {
    epochEndMs: milliseconds(env, 'STAGED_STUDY_CHECKPOINT_SECONDS', 15),
    withinEpochMs: milliseconds(env, 'STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS', 300),
  };
}

// --- helpers ---

function milliseconds(env: NodeJS.ProcessEnv, name: string, defaultSeconds: number): number {
  const given = env[name];
  const seconds = given ? Number(given) : defaultSeconds;
  if (seconds >= 0 && seconds <= 86_400) return 1000 * seconds;
  throw new Error(`${name}: expected a number from 0 to 86400, got "${given}"`);
}
