import { repeatsOf, type WithRepeats } from '../repeats.ts';
import type { Stage } from '../stage-schema.ts';
import type { Complain } from './check-published.ts';

export interface StudyLimits {
  /** A workflow's history may have 50 MB, and a study's has the result of each trial twice, in 1 kB. */
  trials: number;
  /** Temporal takes 2 MB in a message, and a study is sent as one, with a few other facts. */
  bytes: number;
  /** A stage is sent its trials in one message, too. */
  stageBytes: number;
}

const LIMITS: StudyLimits = { trials: 20_000, bytes: 1_800_000, stageBytes: 1_800_000 };

/** Complains about a study that is too large for Temporal. */
export function checkLimits(
  study: { stages: Stage[]; profiles: Record<string, WithRepeats> },
  complain: Complain,
  lowered: Partial<StudyLimits> = {},
): void {
  const limits = { ...LIMITS, ...lowered };
  const profiles = Object.values(study.profiles);
  const most = (of: (profile: WithRepeats) => number) => Math.max(0, ...profiles.map(of));
  const trials = most((profile) => trialsIn(study.stages, profile));
  if (trials > limits.trials)
    complain(
      ['stages'],
      trials,
      `stages with at most ${limits.trials} trials together, not ${trials}; make several studies of them`,
    );
  study.stages.forEach((stage, index) => {
    if (stage.kind !== 'compare') return;
    const once = stage.candidates.reduce((sum, each) => sum + TRIAL_BYTES + bytesOf(each.change), 0);
    const inMessage = once * most((profile) => repeatsOf(stage, profile));
    if (inMessage <= limits.stageBytes) return;
    complain(
      ['stages', index, 'candidates'],
      stage.candidates.length,
      `candidates whose trials take at most ${limits.stageBytes} bytes as JSON, not about ${inMessage}; make several stages of them`,
    );
  });
  const bytes = bytesOf(study);
  if (bytes > limits.bytes)
    complain([], bytes, `at most ${limits.bytes} bytes as JSON, not ${bytes}; make several studies of it`);
}

// --- helpers ---

/** What a trial takes in the message to its stage, apart from what its candidate changes: settings, data, seed, keys. */
const TRIAL_BYTES = 1_200;

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function trialsIn(stages: readonly Stage[], profile: WithRepeats): number {
  return stages.reduce((sum, stage) => sum + trialsOf(stage) * repeatsOf(stage, profile), 0);
}

function trialsOf(stage: Stage): number {
  switch (stage.kind) {
    case 'compare':
      return stage.candidates.length;
    case 'search':
      return stage.evaluations;
    case 'variant':
      return stage.of.length;
    case 'repeat':
      return 1;
    case 'test':
      return 0;
  }
}
