import { valuesOf } from '../search/distributions.ts';
import { rungsOf } from '../search/stopping/rules.ts';
import type { Complain } from './check-published.ts';
import type { SearchStage, Stage } from './stage-schema.ts';

/** What a trial's end and its stage's state can hold of rungs. */
const MOST_RUNGS = 100;

/**
 * A rule must have a rung before the last epoch of some trial, and not too many.
 *
 * @param longest most epochs that a trial of the study may have; see `mostEpochs`.
 */
export function checkStopping(
  { stopping }: SearchStage,
  longest: number,
  path: (string | number)[],
  complain: Complain,
): void {
  if (!stopping) return;
  if (stopping.first >= longest) {
    const { first } = stopping;
    complain(
      [...path, 'first'],
      first,
      `less than ${longest}, the most epochs that a trial of the study has`,
    );
    return;
  }
  const rungs = rungsOf(stopping, longest).length;
  if (stopping.kind !== 'median' || rungs <= MOST_RUNGS) return;
  complain(
    [...path, 'every'],
    stopping.every,
    `steps with at most ${MOST_RUNGS} decisions in ${longest} epochs, not ${rungs}; take longer ones`,
  );
}

/** The most epochs that a trial of a study may have, before a profile divides them. */
export function mostEpochs({ base, stages }: { base: { epochs: number }; stages: readonly Stage[] }): number {
  return Math.max(base.epochs, ...stages.flatMap(epochsIn));
}

/** The epochs that a search may draw, or the ends of their range; none if it doesn't vary them. */
export function drawnEpochs({ epochs }: SearchStage['space']): readonly number[] {
  if (!epochs) return [];
  return epochs.kind === 'choice' ? epochs.options : (valuesOf(epochs) ?? [epochs.low, epochs.high]);
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
