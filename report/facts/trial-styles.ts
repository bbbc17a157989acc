import { candidateOf } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { type SeriesStyle, sameColour, seriesStyle } from '../figures/series.ts';
import { ordinaryTrial } from './study-facts.ts';

/**
 * How each trial is drawn: the same in every stage and figure, also where it's taken over or compared with others. The runs
 * of a candidate are drawn alike.
 *
 * The candidates of a stage differ in colour as long as there are colours.
 */
export function trialStyles(record: StudyRecord): (trial: TrialRecord) => SeriesStyle {
  const places = new Map<TrialRecord, number>();
  const known = new Map<string, number>();
  let next = 0;
  for (const stage of record.stages) {
    const used = new Set<number>();
    for (const trial of comparedWith(record, stage)) {
      const place = places.get(trial);
      if (place !== undefined) used.add(place);
    }
    for (const runs of byCandidate(stage)) {
      const keys = runs.map(({ trialKey, name }) => trialKey ?? `${stage.name}/${name}`);
      const before = keys.map((key) => known.get(key)).find((place) => place !== undefined);
      const place = before !== undefined && !used.has(before) ? before : free(used, next);
      if (before === undefined) for (const key of keys) known.set(key, place);
      next = Math.max(next, place + 1);
      used.add(place);
      for (const run of runs) places.set(run, place);
    }
  }
  // A winner's standing is a copy of its first run.
  return (trial) => seriesStyle(places.get(trial) ?? known.get(trial.trialKey ?? '') ?? 0);
}

// --- helpers ---

function byCandidate({ trials }: StageRecord): TrialRecord[][] {
  const groups = new Map<string, TrialRecord[]>();
  for (const trial of trials) {
    const name = candidateOf(trial);
    groups.set(name, [...(groups.get(name) ?? []), trial]);
  }
  return [...groups.values()];
}

/** The trials of other stages that a stage's figures show. */
function comparedWith(record: StudyRecord, { kind, trials }: StageRecord): TrialRecord[] {
  if (kind !== 'variant' && kind !== 'repeat') return [];
  return trials.flatMap((trial) => ordinaryTrial(record, trial) ?? []);
}

/** The next place whose colour the stage doesn't use yet; simply the next one if it uses all. */
function free(used: ReadonlySet<number>, next: number): number {
  for (let place = next; place < next + used.size + 1; place++) {
    if (![...used].some((other) => sameColour(other, place))) return place;
  }
  return next;
}
