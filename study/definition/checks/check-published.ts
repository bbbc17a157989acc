import type { Published } from '../published-schema.ts';
import type { Stage } from '../stage-schema.ts';

/** Reports a fault. `known` holds the names of which the input may be a misspelling. */
export type Complain = (
  path: (string | number)[],
  input: unknown,
  message: string,
  known?: readonly string[],
) => void;

/** Complains about every published result whose stage or candidates the study doesn't have. */
export function checkPublished({ results }: Published, stages: readonly Stage[], complain: Complain): void {
  results.forEach(({ stage: name, ours }, index) => {
    const at = ['published', 'results', index];
    const stage = stages.find((each) => each.name === name);
    if (!stage) {
      const names = stages.map((each) => each.name);
      complain([...at, 'stage'], name, `the name of a stage (${names.join(', ')})`, names);
    } else if ((stage.kind === 'test') !== (ours.kind === 'test')) {
      const expected = stage.kind === 'test' ? '"test"' : 'another kind than "test"';
      complain([...at, 'ours', 'kind'], ours.kind, `${expected}, since ${name} is a ${stage.kind} stage`);
    } else if (ours.kind === 'trials') {
      const known = stage.kind === 'compare' ? stage.candidates.map((candidate) => candidate.name) : [];
      ours.names.forEach((candidate, place) => {
        if (known.includes(candidate)) return;
        const choices = known.join(', ') || 'it compares none';
        complain(
          [...at, 'ours', 'names', place],
          candidate,
          `a candidate of the stage ${name} (${choices})`,
          known,
        );
      });
    }
  });
}
