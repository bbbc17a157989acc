import { draw, valuesOf } from '../../search/distributions.ts';
import { repeatsOf, type WithRepeats } from '../repeats.ts';
import type { SearchStage, Stage } from '../stage-schema.ts';
import type { Complain } from './check-published.ts';

/** The largest number that a draw can be made of. */
const ALMOST_ONE = 1 - 2 ** -53;

/** What a trial's end and its stage's state can hold of rungs. */
const MOST_RUNGS = 100;

/**
 * A rule that compares rounds needs them, and each needs a rung before the last epoch of some trial, and not too many.
 *
 * @param study.longest most epochs that a trial of the study may have; see `mostEpochs`.
 */
export function checkStopping(
  stage: SearchStage,
  { longest, profiles }: { longest: number; profiles: Record<string, WithRepeats> },
  path: (string | number)[],
  complain: Complain,
): void {
  const { stopping, order } = stage;
  if (!stopping) return;
  const repeating = Object.entries(profiles).find(([, profile]) => repeatsOf(stage, profile) > 1);
  if (repeating) {
    const expected = `nothing, since the profile ${repeating[0]} trains each configuration several times, and some of its runs would be stopped`;
    complain(path, stopping, `${expected}; leave out one of the two`);
  }
  if (order === 'async' && stopping.kind !== 'asha') {
    complain(
      [...path, 'kind'],
      stopping.kind,
      'asha, since an async search has no rounds; or leave "order" out',
    );
  }
  if (stopping.first >= longest) {
    const { first } = stopping;
    complain(
      [...path, 'first'],
      first,
      `less than ${longest}, the most epochs that a trial of the study has`,
    );
    return;
  }
  if (stopping.kind !== 'median' || stopping.every < 1) return;
  const decisions = Math.ceil((longest - stopping.first) / stopping.every);
  if (decisions <= MOST_RUNGS) return;
  complain(
    [...path, 'every'],
    stopping.every,
    `steps with at most ${MOST_RUNGS} decisions in ${longest} epochs, not ${decisions}; take longer ones`,
  );
}

/** The most epochs that a trial of a study may have, before a profile divides them. */
export function mostEpochs({ base, stages }: { base: { epochs: number }; stages: readonly Stage[] }): number {
  return Math.max(base.epochs, ...stages.flatMap(epochsIn));
}

/** The epochs that a search may draw, or the ends of their range; none if it doesn't vary them. */
export function drawnEpochs({ epochs }: SearchStage['space']): number[] {
  if (!epochs) return [];
  const values: readonly unknown[] =
    valuesOf<unknown>(epochs) ?? [0, ALMOST_ONE].map((at) => draw(epochs, () => at));
  return values.filter((value) => typeof value === 'number');
}

// --- helpers ---

function epochsIn(stage: Stage): readonly number[] {
  switch (stage.kind) {
    case 'compare':
      return stage.candidates.flatMap(({ change }) => change.epochs ?? []);
    case 'search':
      return drawnEpochs(stage.space);
    case 'variant':
      return stage.change.epochs === undefined ? [] : [stage.change.epochs];
    default:
      return [];
  }
}
