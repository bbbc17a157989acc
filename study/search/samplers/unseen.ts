import { canonicalJson } from '../../trial/trial-key.ts';
import { valuesOf } from '../distributions.ts';
import type { Parameter, Space, Values } from '../space.ts';
import { gridPoints } from './grid.ts';
import type { SearchTrial } from './search-trial.ts';

const PROPOSALS = 10;
/** With more combinations than this, not all are listed. A proposal is then hardly ever one that was tried. */
const MOST_COMBINATIONS = 10_000;

/**
 * The first proposal that no trial has tried; one with a continuous parameter counts as such. If all proposals were tried, it is
 * any combination that was not; null if there is none left.
 */
export function unseen(
  space: Space,
  trials: readonly SearchTrial[],
  propose: (random: () => number) => Values,
  random: () => number,
): Values | null {
  let values = propose(random);
  if (isContinuous(space, values)) return values;
  const tried = new Set(trials.map((trial) => canonicalJson(trial.values)));
  const isNew = (each: Values) => isContinuous(space, each) || !tried.has(canonicalJson(each));
  for (let proposal = 1; proposal < PROPOSALS && !isNew(values); proposal++) values = propose(random);
  if (isNew(values)) return values;
  const left: Values[] = [];
  let listed = 0;
  for (const each of gridPoints(space, 2)) {
    if (++listed > MOST_COMBINATIONS) return values;
    if (isNew(each)) left.push(each);
  }
  return left[Math.floor(random() * left.length)] ?? null;
}

// --- helpers ---

function isContinuous(space: Space, values: Values): boolean {
  return Object.keys(values).some((name) => valuesOf(space[name] as Parameter) === undefined);
}
