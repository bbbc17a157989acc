import type { Candidate, CompareStage, Stage } from './stage-schema.ts';

/** A trial's name: the text, after the name that an earlier stage promotes if there is such a stage. */
export interface PossibleName {
  after?: string;
  text: string;
}

/** A candidate's own name, or that of its reduced form if it has one. */
export function writtenName({ name, reduced }: Candidate, isReduced: boolean): string {
  return isReduced && reduced ? reduced.name : name;
}

/** @param from the stage that the candidate's stage starts from. */
export function possibleName(written: string, from: string | undefined): PossibleName {
  return written.startsWith('_') && from !== undefined ? { after: from, text: written } : { text: written };
}

/** The names that a study's trials could have, whoever wins its stages. */
export class PossibleNames {
  readonly #stages: readonly Stage[];
  readonly #known = new Map<string, boolean>();

  /** @param stages each starts from an earlier one. */
  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  /** Of the trials that could win a stage, as a later stage ranks them. */
  winningTrials(stage: string): PossibleName[] {
    const found = this.#stages.find(({ name }) => name === stage);
    if (found?.kind === 'search') {
      const { evaluations, from } = found;
      const drawn = Array.from({ length: evaluations }, (_, index) => ({
        after: from,
        text: searchSuffix(index),
      }));
      return [...this.winningTrials(from), ...drawn];
    }
    if (found?.kind !== 'compare') return [];
    const start = found.ranksStart && found.from !== undefined ? this.winningTrials(found.from) : [];
    return [...ownNames(found), ...start];
  }

  /** Whether two trials have the same name if certain trials win. */
  mayBeEqual(a: PossibleName, b: PossibleName): boolean {
    const shared = Math.min(a.text.length, b.text.length);
    if (endOf(a.text, shared) !== endOf(b.text, shared)) return false;
    const left = [a, b].map(({ after, text }) => ({ after, text: text.slice(0, text.length - shared) }));
    // At least one has no text left. The later winner's name is made of earlier ones.
    const [winner, rest] = left.sort((one, other) => this.#place(other) - this.#place(one)) as [Left, Left];
    if (winner.text === '' && rest.text === '' && winner.after === rest.after) return true;
    if (winner.text !== '' || winner.after === undefined) return false;
    const key = [winner.after, rest.after, rest.text].join('/');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const equal = this.#promoted(winner.after).some((name) => this.mayBeEqual(name, nameOf(rest)));
    this.#known.set(key, equal);
    return equal;
  }

  /** The names that a stage promotes, to which later stages add theirs. */
  #promoted(stage: string): PossibleName[] {
    const found = this.#stages.find(({ name }) => name === stage);
    if (found?.kind === 'search') return [{ after: found.from, text: '' }];
    if (found?.kind !== 'compare') return [];
    const { from, ranksStart } = found;
    return [...ownNames(found), ...(ranksStart && from !== undefined ? [{ after: from, text: '' }] : [])];
  }

  /** -1 for what can't be replaced by the names of winners. */
  #place({ after, text }: Left): number {
    return text === '' ? this.#stages.findIndex(({ name }) => name === after) : -1;
  }
}

/** What a search adds to the name of the winner that it starts from. */
export function searchSuffix(index: number): string {
  return `_search_${String(index + 1).padStart(2, '0')}`;
}

// --- helpers ---

function ownNames({ candidates, from }: CompareStage): PossibleName[] {
  return candidates.flatMap((candidate) =>
    [false, true].map((isReduced) => possibleName(writtenName(candidate, isReduced), from)),
  );
}

interface Left {
  after: string | undefined;
  text: string;
}

function nameOf({ after, text }: Left): PossibleName {
  return after === undefined ? { text } : { after, text };
}

function endOf(text: string, length: number): string {
  return text.slice(text.length - length);
}
