import type { TrialStanding } from '../../../study/record/record.ts';
import { type Measure, measuredBy } from '../../../study/trial/measure.ts';

/** The standing of a candidate's run that its study has trained. */
export function trainedRun(
  candidate: string,
  index: number,
  run: { trialKey: string; score: number; bestEpoch: number; measure?: Measure },
): TrialStanding {
  const { measure, ...ended } = run;
  return {
    name: index === 0 ? candidate : `${candidate}@${index + 1}`,
    ...(index > 0 && { candidate }),
    ...ended,
    ...measuredBy(measure),
    status: 'trained',
    outcome: 'completed',
    reused: false,
    takenOver: false,
    of: null,
    suggestion: null,
    override: null,
    message: null,
  };
}
