import { UsageError } from '../command-line/exit-codes.ts';

/**
 * How long a worker of a study may be silent before it counts as dead: `STAGED_STUDY_HEARTBEAT_SECONDS`. Less moves trials
 * of a lost machine sooner; more is for networks with long interruptions.
 *
 * @returns undefined if the variable is not set.
 * @throws {UsageError} if it is not a whole number from 2 to 3,600.
 */
export function heartbeatSeconds({
  STAGED_STUDY_HEARTBEAT_SECONDS: given,
}: NodeJS.ProcessEnv): number | undefined {
  if (!given) return undefined;
  const seconds = Number(given);
  if (Number.isInteger(seconds) && seconds >= 2 && seconds <= 3600) return seconds;
  throw new UsageError(
    `STAGED_STUDY_HEARTBEAT_SECONDS: expected a whole number from 2 to 3600, got "${given}"`,
  );
}
