/** Checks that every study and every trial of a stage gets a name of its own, which is short enough. */

import {
  type PossibleName,
  PossibleNames,
  possibleName,
  searchSuffix,
  writtenName,
} from '../possible-names.ts';
import type { CompareStage, Stage, VariantStage } from '../stage-schema.ts';
import { MOST_ID_LENGTH } from '../text-schemas.ts';
import type { Complain } from './check-published.ts';

/**
 * Complains about names that could become equal or too long. A name that begins with `_` is added to the name of a winner, so
 * that it depends on who wins.
 *
 * @param study.stages each starts from an earlier one.
 */
export function checkNames(
  { name, stages, profiles }: { name: string; stages: Stage[]; profiles: object },
  complain: Complain,
): void {
  checkIds(name, Object.keys(profiles), complain);
  checkLengths(stages, complain);
  const names = new PossibleNames(stages);
  stages.forEach((stage, index) => {
    if (stage.kind === 'compare') checkCandidates(stage, index, names, complain);
    if (stage.kind === 'variant') checkVariants(stage, index, names, { stages, complain });
  });
}

// --- helpers ---

/** Temporal takes workflow ids of 1,000 bytes, of which study and stage take up to 166. */
const MOST_TRIAL_NAME = 800;
/** For the `-N` at the end of a study's id. */
const NUMBER_LENGTH = 7;

/** Ids are `NAME-PROFILE-N`. */
function checkIds(name: string, profiles: string[], complain: Complain): void {
  if (name.startsWith('_')) complain(['name'], name, 'a name that begins with a letter or digit');
  const most = MOST_ID_LENGTH - 1 - NUMBER_LENGTH;
  for (const profile of profiles) {
    const length = name.length + profile.length;
    if (length <= most) continue;
    const expected = `a name that has at most ${most} characters together with the study's, since ids begin with both; it has ${length}`;
    complain(['profiles', profile], profile, expected);
  }
}

function checkLengths(stages: Stage[], complain: Complain): void {
  /** Of what each stage promotes. */
  const longest = new Map<string, number>();
  stages.forEach((stage, index) => {
    const start = ('from' in stage && stage.from !== undefined && longest.get(stage.from)) || 0;
    const lengths = trialLengths(stage, start, longest);
    longest.set(stage.name, stage.kind === 'compare' ? Math.max(start, ...lengths) : start);
    const most = Math.max(0, ...lengths);
    if (most <= MOST_TRIAL_NAME) return;
    complain(
      ['stages', index, 'name'],
      stage.name,
      `names of trials that have at most ${MOST_TRIAL_NAME} characters, and they could have ${most}, since each stage adds to ` +
        'the name of the winner before it; use shorter names',
    );
  });
}

function trialLengths(stage: Stage, start: number, longest: ReadonlyMap<string, number>): number[] {
  switch (stage.kind) {
    case 'compare':
      return stage.candidates
        .flatMap((candidate) => [false, true].map((isReduced) => writtenName(candidate, isReduced)))
        .map((written) => (written.startsWith('_') ? start : 0) + written.length);
    case 'search':
      return [start + searchSuffix(stage.evaluations - 1).length];
    case 'variant':
      return stage.of.map((each) => (longest.get(each.stage) ?? 0) + 1 + stage.name.length);
    case 'repeat':
      return [start + '_again'.length];
    case 'test':
      return [];
  }
}

function checkCandidates(stage: CompareStage, index: number, names: PossibleNames, complain: Complain): void {
  const { candidates, from, ranksStart } = stage;
  const ranked = ranksStart && from !== undefined ? names.winningTrials(from) : [];
  for (const isReduced of candidates.some(({ reduced }) => reduced) ? [false, true] : [false]) {
    const named = candidates.map((candidate) => possibleName(writtenName(candidate, isReduced), from));
    candidates.forEach((candidate, place) => {
      const name = named[place] as PossibleName;
      const field = isReduced && candidate.reduced ? ['reduced', 'name'] : ['name'];
      const at = ['stages', index, 'candidates', place, ...field];
      const written = writtenName(candidate, isReduced);
      if (named.slice(0, place).some((other) => names.mayBeEqual(name, other)))
        complain(at, written, 'a name that no earlier candidate of the stage can have');
      if (ranked.some((other) => names.mayBeEqual(name, other)))
        complain(
          at,
          written,
          'a name that no run which is ranked with it can have: the winner that the stage starts from',
        );
    });
  }
}

/** Trials of variants are named after what they train again. */
function checkVariants(
  stage: VariantStage,
  index: number,
  names: PossibleNames,
  { stages, complain }: { stages: Stage[]; complain: Complain },
): void {
  const named = [false, true].map((isReduced) =>
    stage.of.map((each) => variantName(each, stages, isReduced)),
  );
  stage.of.forEach(({ candidate }, place) => {
    const isTaken = named.some((form) =>
      form.slice(0, place).some((other) => names.mayBeEqual(form[place] as PossibleName, other)),
    );
    if (!isTaken) return;
    const expected =
      'a candidate whose name no earlier one of these can have, since trials are named after them';
    complain(['stages', index, 'of', place, 'candidate'], candidate, expected);
  });
}

function variantName(of: VariantStage['of'][number], stages: Stage[], isReduced: boolean): PossibleName {
  const stage = stages.find(({ name }) => name === of.stage) as CompareStage;
  const candidate = stage.candidates.find(({ name }) => name === of.candidate);
  return possibleName(candidate ? writtenName(candidate, isReduced) : of.candidate, stage.from);
}
