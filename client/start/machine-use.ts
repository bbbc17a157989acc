/** What a machine does with a study's trials, in words. */
import { threadsOf } from '../../study/definition/training-config.ts';
import type { StagePlan } from '../../study/plan/course.ts';
import type { PlannedTrial } from '../../study/plan/plan.ts';
import { idleStages, type TrialMachine } from '../../study/plan/schedule.ts';
import { list, plural } from '../../words/numbers.ts';

/** Says that memory doesn't hold the examples of some trials. */
export function describeReadAhead(
  trials: readonly PlannedTrial[],
  isReadAhead: (trial: PlannedTrial) => boolean,
): string[] {
  const affected = trials.filter(isReadAhead).length;
  if (affected === 0) return [];
  return [
    `memory doesn't hold the examples of ${plural(affected, 'trial')}: they stay on the disk, and each batch is read when its turn comes`,
  ];
}

/** How many trials train at a time, and whether cores or memory say so. */
export function describeTrialsAtOnce(
  trials: readonly PlannedTrial[],
  memoryOf: (trial: PlannedTrial) => number,
  { slots, memoryBytes }: TrialMachine,
): string {
  const threads = Math.min(...trials.map(({ config }) => threadsOf(config)));
  const byCores = Math.max(1, Math.floor(slots / threads));
  const held = new Map<number, string[]>();
  for (const { name, count } of trialsThatMemoryLimits(trials, memoryOf, { slots, memoryBytes })) {
    held.set(count, [...(held.get(count) ?? []), name]);
  }
  const limits = [...held].map(([count, names]) => `${count} of ${list(names)}`);
  const each = threads === 1 ? 'one for each core' : `${plural(threads, 'thread')} each, of ${slots} cores`;
  return (
    `at a time: ${plural(byCores, 'trial')}, ${slots === 1 ? 'the only slot' : each}` +
    `${limits.length > 0 ? `; memory holds ${limits.join(', ')}` : ''}`
  );
}

/** What the largest trial needs. */
export function describeMemory(
  trials: readonly PlannedTrial[],
  memoryOf: (trial: PlannedTrial) => number,
): string {
  const largest = trials.reduce((best, trial) => (memoryOf(trial) > memoryOf(best) ? trial : best));
  return `memory: up to ${gigabytes(memoryOf(largest))} a trial (${largest.name})`;
}

/** Which stages leave cores idle; null if none does. */
export function describeIdle(course: readonly StagePlan[], slots: number): string | null {
  const stages = idleStages(course, slots);
  if (stages.length === 0) return null;
  const parts = stages.map(({ stage, trials, idle }) => `${idle} in ${stage} (${plural(trials, 'trial')})`);
  return `idle: of ${slots} cores, ${list(parts)}; the setting \`threads\` would use them`;
}

// --- helpers ---

/** Trials of which memory holds fewer at a time than there are cores for, by the name of the first of each network. */
function trialsThatMemoryLimits(
  trials: readonly PlannedTrial[],
  memoryOf: (trial: PlannedTrial) => number,
  { slots, memoryBytes }: TrialMachine,
): { name: string; count: number }[] {
  const byNetwork = new Map(
    [...trials].reverse().map((trial) => [JSON.stringify(trial.config.network), trial]),
  );
  return [...byNetwork.values()].reverse().flatMap((trial) => {
    const count = Math.max(1, Math.floor(memoryBytes / memoryOf(trial)));
    return count < Math.floor(slots / threadsOf(trial.config)) ? [{ name: trial.name, count }] : [];
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
