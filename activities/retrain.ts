import type { ObjectStore } from '../storage/object-store.ts';
import { readResult, type TrialResult } from '../storage/trials/trials.ts';
import type { Retrained } from '../study/record/record.ts';
import { differentFacts, environmentsOf } from '../study/trial/environment.ts';
import type { EpochLine, TrialSpec } from '../study/trial/trial.ts';
import { trialKey } from '../study/trial/trial-key.ts';

/** Finds a repetition of a trial that has no result yet. */
export function createFindRepetition({ store }: { store: ObjectStore }) {
  return async ({
    spec,
  }: {
    spec: TrialSpec;
  }): Promise<{
    repetition: number;
    /** The repetition before it; null if the trial has no result at all. */
    earlier: string | null;
  }> => {
    let earlier: string | null = null;
    for (let { repetition } = spec; ; repetition++) {
      const key = trialKey({ ...spec, repetition });
      if (!(await readResult(store, key))) return { repetition, earlier };
      earlier = key;
    }
  };
}

/** Compares two repetitions of a trial to the bit: the best epoch's weights, and what was logged of every epoch. */
export function createCompareRepetitions({ store }: { store: ObjectStore }) {
  return async (keys: { trialKey: string; earlier: string }): Promise<Retrained> => {
    const [now, before] = await Promise.all([resultOf(store, keys.trialKey), resultOf(store, keys.earlier)]);
    const known = now.tensorsSha256 !== null && before.tensorsSha256 !== null;
    return {
      earlier: keys.earlier,
      sameWeights: known ? now.tensorsSha256 === before.tensorsSha256 : null,
      firstDifferentEpoch: firstDifferentEpoch(now.lines, before.lines),
      sameEnvironment: differentFacts([...environmentsOf(now), ...environmentsOf(before)]).length === 0,
    };
  };
}

// --- helpers ---

const LOGGED = [
  'train_loss',
  'train_accuracy',
  'val_loss',
  'val_accuracy',
  'val_score',
  'learning_rate',
] as const;

async function resultOf(store: ObjectStore, key: string): Promise<TrialResult> {
  const result = await readResult(store, key);
  if (!result) throw new Error(`trial ${key}: expected its result in the store, found none`);
  return result;
}

/** Counts from 1; an epoch that only one of them has differs. */
function firstDifferentEpoch(now: readonly EpochLine[], before: readonly EpochLine[]): number | null {
  for (let index = 0; index < Math.max(now.length, before.length); index++) {
    const [one, other] = [now[index], before[index]];
    if (!one || !other || LOGGED.some((key) => one[key] !== other[key])) return index + 1;
  }
  return null;
}
