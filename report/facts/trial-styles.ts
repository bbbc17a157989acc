import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { type SeriesStyle, sameColour, seriesStyle } from '../figures/series.ts';
import { ordinaryTrial } from './study-facts.ts';

/**
 * How each trial is drawn: the same in every stage and figure, also where it's taken over or compared with others.
 *
 * The trials of a stage differ in colour as long as there are colours.
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
    for (const trial of stage.trials) {
      const key = trial.trialKey ?? `${stage.name}/${trial.name}`;
      const before = known.get(key);
      const place = before !== undefined && !used.has(before) ? before : free(used, next);
      if (before === undefined) known.set(key, place);
      next = Math.max(next, place + 1);
      used.add(place);
      places.set(trial, place);
    }
  }
  return (trial) => seriesStyle(places.get(trial) ?? 0);
}

// --- helpers ---

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
