import { writtenName } from '../definition/possible-names.ts';
import type { Candidate, Stage } from '../definition/stage-schema.ts';
import type { Profile } from '../definition/study-schema.ts';

/**
 * The name of a candidate's trial.
 *
 * @param start the name of the winner that the stage starts from, to which a name that begins with `_` is added.
 */
export function candidateName(
  candidate: Candidate,
  { reducedNetworks }: Pick<Profile, 'reducedNetworks'>,
  start: string | undefined,
): string {
  const name = writtenName(candidate, reducedNetworks);
  return name.startsWith('_') && start !== undefined ? `${start}${name}` : name;
}

/** The candidate that a stage trained under a name; undefined if it compares none, or none of that name. */
export function candidateNamed(
  name: string,
  stage: Stage | undefined,
  profile: Pick<Profile, 'reducedNetworks'>,
  start: string | undefined,
): Candidate | undefined {
  if (stage?.kind !== 'compare') return undefined;
  return stage.candidates.find((candidate) => candidateName(candidate, profile, start) === name);
}
