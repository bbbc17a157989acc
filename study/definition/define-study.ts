import type { StudyInput } from './study-schema.ts';

type StageInput = StudyInput['stages'][number];
type Rest<Kind extends StageInput['kind'], Left extends string = never> = Omit<
  Extract<StageInput, { kind: Kind }>,
  'kind' | 'name' | Left
>;

/**
 * Begins a study in TypeScript. Stages are added one after another, and each can only start from one that was added
 * before; what comes out is the same JSON that a file may hold.
 *
 * @example
 * export default defineStudy({ name: 'widths', title: 'How wide?', profiles: { … } })
 *   .compare('width', { question: 'Wide or narrow?', candidates: [ … ] })
 *   .compare('rate', { question: 'Fast or slow?', from: 'width', candidates: [ … ] })
 *   .test('test', { question: 'How good is it?', from: 'rate' });
 */
export function defineStudy(head: Omit<StudyInput, 'stages'>): StudyBuilder<never, never> {
  return new StudyBuilder({ ...head, stages: [] });
}

/**
 * A study under construction; it is the study as well, as far as it has got.
 *
 * @typeParam Winning names of the stages that have a winner.
 * @typeParam Comparing names of those that compare candidates.
 */
export class StudyBuilder<Winning extends string, Comparing extends string> {
  readonly #study: StudyInput;

  constructor(study: StudyInput) {
    this.#study = study;
  }

  /** Compares candidates, from the winner of an earlier stage or from the study's base settings. */
  compare<Name extends string>(
    name: Name,
    stage: Rest<'compare', 'from'> & { from?: Winning },
  ): StudyBuilder<Winning | Name, Comparing | Name> {
    return this.#with({ kind: 'compare', name, ...stage });
  }

  /** Searches the best of a space of settings. */
  search<Name extends string>(
    name: Name,
    stage: Rest<'search', 'from'> & { from: Winning },
  ): StudyBuilder<Winning | Name, Comparing> {
    return this.#with({ kind: 'search', name, ...stage });
  }

  /** A side experiment: earlier candidates once more, each with one change. */
  variant(
    name: string,
    stage: Rest<'variant', 'of'> & { of: { stage: Comparing; candidate: string }[] },
  ): StudyBuilder<Winning, Comparing> {
    return this.#with({ kind: 'variant', name, ...stage });
  }

  /** A side experiment: an earlier winner once more, with the same seed. */
  repeat(name: string, stage: Rest<'repeat', 'from'> & { from: Winning }): StudyBuilder<Winning, Comparing> {
    return this.#with({ kind: 'repeat', name, ...stage });
  }

  /** The final test of an earlier stage's winner; nothing comes after it. */
  test(name: string, stage: Rest<'test', 'from'> & { from: Winning }): StudyBuilder<never, never> {
    return this.#with({ kind: 'test', name, ...stage });
  }

  /** The study as data. */
  toJSON(): StudyInput {
    return this.#study;
  }

  #with(stage: StageInput): StudyBuilder<never, never> {
    return new StudyBuilder({ ...this.#study, stages: [...this.#study.stages, stage] });
  }
}
