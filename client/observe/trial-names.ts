import { UsageError } from '../command-line/exit-codes.ts';

/** A trial of a study. Trials of several stages may have the same name, those of one stage don't. */
export interface InStage {
  stage: string;
  name: string;
}

/** What always names a trial: `width/small`. */
export function fullName({ stage, name }: InStage): string {
  return `${stage}/${name}`;
}

/** Whether a person who writes `given` may mean this trial. */
export function isNamed(trial: InStage, given: string): boolean {
  return given === trial.name || given === fullName(trial);
}

/** The stage and the name that `given` says: of `width/small`, both; of `small`, no stage. */
export function partsOfName(given: string): { stage: string | undefined; name: string } {
  const slash = given.indexOf('/');
  if (slash < 0) return { stage: undefined, name: given };
  return { stage: given.slice(0, slash), name: given.slice(slash + 1) };
}

/**
 * @param found the trials that a person may mean.
 * @returns undefined if there is none.
 * @throws {UsageError} if there are several; it says how to name each.
 */
export function onlyOne<T extends InStage>(found: readonly T[], given: string): T | undefined {
  if (found.length <= 1) return found[0];
  throw new UsageError(
    `trial: expected a name that one trial has, got "${given}", which trials of several stages have; ` +
      `add the stage: ${found.map(fullName).join(' or ')}`,
  );
}
