import type { Complain } from './check-published.ts';
import { repeatsOf, type WithRepeats } from './repeats.ts';
import type { Stage } from './stage-schema.ts';

export interface StudyLimits {
  /** A workflow's history may have 50 MB, and a study's has the result of each trial twice, in 1 kB. */
  trials: number;
  /** Temporal takes 2 MB in a message, and a study is sent as one, with a few other facts. */
  bytes: number;
}

/** Complains about a study that is too large for Temporal. */
export function checkLimits(
  study: { stages: Stage[]; profiles: Record<string, WithRepeats> },
  complain: Complain,
  limits: StudyLimits = { trials: 20_000, bytes: 1_800_000 },
): void {
  const trials = Math.max(
    0,
    ...Object.values(study.profiles).map((profile) => trialsIn(study.stages, profile)),
  );
  if (trials > limits.trials)
    complain(
      ['stages'],
      trials,
      `stages with at most ${limits.trials} trials together, not ${trials}; make several studies of them`,
    );
  const bytes = new TextEncoder().encode(JSON.stringify(study)).length;
  if (bytes > limits.bytes)
    complain([], bytes, `at most ${limits.bytes} bytes as JSON, not ${bytes}; make several studies of it`);
}

// --- helpers ---

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
