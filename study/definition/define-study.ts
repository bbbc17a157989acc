import type { StudyInput } from './study-schema.ts';

type StageInput = StudyInput['stages'][number];
type Rest<Kind extends StageInput['kind'], Left extends string = never> = Omit<
  Extract<StageInput, { kind: Kind }>,
  'kind' | 'name' | Left
>;

/**
 * Starts a study in TypeScript. Stages are added in order, and a stage can start only from one that was added before. The
 * result is the same data as a study in JSON.
 *
 * @example
 * import { defineStudy } from 'staged-study';
 *
 * export default defineStudy({ name: 'widths', title: 'How wide?', profiles: { … } })
 *   .compare('width', { question: 'Wide or narrow?', candidates: [ … ] })
 *   .compare('rate', { question: 'Fast or slow?', from: 'width', candidates: [ … ] })
 *   .test('test', { question: 'How good is it?', from: 'rate' });
 */
export function defineStudy(head: Omit<StudyInput, 'stages'>): StudyBuilder<never, never> {
  return new StudyBuilder({ ...head, stages: [] });
}

/**
 * A study and the methods that add stages to it.
 *
 * @typeParam Winning names of the stages that have a winner.
 * @typeParam Comparing names of the stages that compare candidates.
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

  /** Searches a space of settings for the best. */
  search<Name extends string>(
    name: Name,
    stage: Rest<'search', 'from'> & { from: Winning },
  ): StudyBuilder<Winning | Name, Comparing> {
    return this.#with({ kind: 'search', name, ...stage });
  }

  /** Adds a side experiment: earlier candidates again, each with one change. */
  variant(
    name: string,
    stage: Rest<'variant', 'of'> & { of: { stage: Comparing; candidate: string }[] },
  ): StudyBuilder<Winning, Comparing> {
    return this.#with({ kind: 'variant', name, ...stage });
  }

  /** Adds a side experiment: an earlier winner again, with the same seed. */
  repeat(name: string, stage: Rest<'repeat', 'from'> & { from: Winning }): StudyBuilder<Winning, Comparing> {
    return this.#with({ kind: 'repeat', name, ...stage });
  }

  /** Adds the final test of an earlier stage's winner. No stage can follow it. */
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
