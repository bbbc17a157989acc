import type { Profile } from '../../study/definition/study-schema.ts';
import type { StagePlan } from '../../study/plan/course.ts';
import { plannedStopping, withStopping } from '../../study/plan/stopping.ts';
import { describeRange, type SecondsRange } from './seconds-range.ts';

/** How long a search takes that may stop trials early. */
export interface StoppingEstimate {
  stage: string;
  /** As its rule stops trials. */
  seconds: SecondsRange;
  /** If none is stopped. */
  unstopped: SecondsRange;
  /** Whether the rule stops the same number of trials whatever the results are. */
  isKnown: boolean;
}

/**
 * @param courses of the study if the fastest network wins every stage, and if the slowest does.
 * @param schedule seconds that some stages take on a machine, one after another.
 */
export function estimateStopping(
  courses: { fastest: readonly StagePlan[]; slowest: readonly StagePlan[] },
  profile: Pick<Profile, 'epochDivisor'>,
  schedule: (course: readonly StagePlan[]) => number,
): StoppingEstimate[] {
  return courses.fastest.flatMap((fastest, index): StoppingEstimate[] => {
    const { stage, trials } = fastest;
    const [first] = trials;
    const planned =
      stage.kind === 'search' && first ? plannedStopping(stage, profile, first.config) : undefined;
    if (!planned || planned.rungs.length === 0) return [];
    const [quick, slow] = [fastest, courses.slowest[index] ?? fastest].map((plan) => ({
      ...plan,
      early: [],
    }));
    const secondsOf = (plan: StagePlan, stops: 'most' | 'fewest') =>
      schedule(withStopping([plan], profile, stops));
    return [
      {
        stage: stage.name,
        seconds: {
          least: secondsOf(quick as StagePlan, 'most'),
          most: secondsOf(slow as StagePlan, 'fewest'),
        },
        unstopped: { least: schedule([quick as StagePlan]), most: schedule([slow as StagePlan]) },
        isKnown: planned.rule.kind === 'halving',
      },
    ];
  });
}

/** How long a search takes in all, with its rule and without. */
export function describeStopping({ stage, seconds, unstopped, isKnown }: StoppingEstimate): string {
  const open = isKnown ? '' : ', as results decide';
  return `time of ${stage}: ${describeRange(seconds)}${open}; without early stopping ${describeRange(unstopped)}`;
}
