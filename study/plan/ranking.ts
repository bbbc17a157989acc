import type { Stage, Ties } from '../definition/stage-schema.ts';
import type { TrialStanding } from '../record/record.ts';
import { deviation, mean } from '../statistics/moments.ts';
import { type Measure, type Measured, measuredBy, meritOf } from '../trial/measure.ts';
import { heldOutImages, type TrialData } from '../trial/trial.ts';
import { measureOf, rank, type Standing } from './winner.ts';

/** A run as it is ranked. */
export interface RankedRun extends Standing {
  /** Absent in a candidate's first run, which has the candidate's name. */
  candidate?: string;
  outcome?: TrialStanding['outcome'];
  override?: TrialStanding['override'];
  parameters?: number | null;
  trainingSeconds?: number | null;
}

/** A candidate with its runs. */
export interface RankedCandidate<T extends RankedRun> extends Measured {
  name: string;
  /** In the order of their seeds. */
  runs: T[];
  /** The runs that have a score, without those whose settings a person has changed in another way than the first one's. */
  counted: T[];
  /** The mean score of the runs that count; null if there are none. */
  score: number | null;
  /** The standard deviation of their scores; null with fewer than two. */
  deviation: number | null;
  /** How far its only run came if its search stopped it. */
  stopped?: Standing['stopped'];
}

/** A winner: its first run that counts, under the candidate's name and with its mean score. */
export type Winning<T extends RankedRun> = Omit<T, 'candidate' | 'score'> & {
  score: number;
  /** How many runs the score is the mean of, and their scores' standard deviation; absent with one run. */
  runs?: number;
  deviation?: number;
};

/** How a stage decides between candidates that are about as good. */
export interface TieRule {
  rule: Ties;
  /** How many images scores are of: with one run, the standard error is that of a share of so many. */
  images: number;
}

/** A stage's rule for ties; undefined if only equal scores are ties. */
export function tieRule(stage: Stage, data: TrialData): TieRule | undefined {
  if (!('ties' in stage) || !stage.ties) return undefined;
  return { rule: stage.ties, images: heldOutImages(data.trainImages, data.validationFraction) };
}

/** The candidates in the order in which their first runs come. */
export function candidatesOf<T extends RankedRun>(runs: readonly T[]): RankedCandidate<T>[] {
  const byName = new Map<string, T[]>();
  for (const run of runs) {
    const own = byName.get(candidateOf(run));
    if (own) own.push(run);
    else byName.set(candidateOf(run), [run]);
  }
  return [...byName].map(([name, own]) => {
    const scored = own.filter((run): run is Scored<T> => run.score !== null);
    const counted = scored.filter((run) => isChangedAs(run, scored[0] as T));
    const scores = counted.map(({ score }) => score);
    const { stopped } = own[0] as T;
    const ranked = {
      name,
      runs: own,
      counted,
      score: meanOf(scores),
      deviation: scores.length < 2 ? null : deviation(scores),
      ...measuredBy(measureOf(own)),
    };
    return stopped && own.length === 1 ? { ...ranked, stopped } : ranked;
  });
}

/**
 * Best first: by mean score, but a candidate with a run that diverged comes after all those without. In a tie, the earlier
 * candidate is first. Candidates without a score come last, in the order that `rank` gives them.
 *
 * @param ties absent: only equal scores are ties.
 */
export function rankCandidates<T extends RankedRun>(
  runs: readonly T[],
  ties?: TieRule,
): RankedCandidate<T>[] {
  const candidates = candidatesOf(runs);
  const scored = candidates.filter(({ score }) => score !== null);
  const ordered = [
    ...rank(scored.filter((candidate) => !hasDiverged(candidate))),
    ...rank(scored.filter(hasDiverged)),
    ...rank(candidates.filter(({ score }) => score === null)),
  ];
  const first = ties && preferred(ordered, candidates, ties);
  return first ? [first, ...ordered.filter((each) => each !== first)] : ordered;
}

/**
 * The best candidate as one standing: its only run, or its first run that counts under the candidate's name and with its mean score.
 *
 * @returns undefined if no run has a score.
 */
export function winnerOf<T extends RankedRun>(runs: readonly T[], ties?: TieRule): Winning<T> | undefined {
  const [first] = rankCandidates(runs, ties);
  const [run] = first?.counted ?? [];
  if (!first || !run || first.score === null) return undefined;
  if (first.runs.length === 1) return run as T & Winning<T>;
  const { candidate: _candidate, score: _score, ...standing } = run;
  return {
    ...standing,
    name: first.name,
    score: first.score,
    ...(first.deviation !== null && { runs: first.counted.length, deviation: first.deviation }),
  };
}

/** The candidate's name that a run belongs to. */
export function candidateOf({ name, candidate }: Pick<RankedRun, 'name' | 'candidate'>): string {
  return candidate ?? name;
}

/**
 * The standard error of a candidate's score: over its seeds, or with one run that of a share of so many images, √(p(1 − p)/images),
 * which an accuracy is. Of one run in a measure that is no share, it isn't known, and 0.
 */
export function standardErrorOf(
  {
    score,
    deviation,
    counted,
    measure,
  }: Pick<RankedCandidate<RankedRun>, 'score' | 'deviation' | 'counted' | 'measure'>,
  images: number,
): number {
  if (deviation !== null) return deviation / Math.sqrt(counted.length);
  if (!isShare(measure)) return 0;
  const share = (score ?? 0) / 100;
  return 100 * Math.sqrt((share * (1 - share)) / images);
}

/** Whether a measure is a share of images, of which one run's standard error is known. */
export function isShare(measure: Measure | undefined): boolean {
  return measure === undefined || measure === 'accuracy' || measure === 'top-5';
}

// --- helpers ---

type Scored<T> = T & { score: number };

/** Which of the candidates within one standard error of the best the rule prefers: L. Breiman et al., CART (1984), section 3.4.3. */
function preferred<T extends RankedRun>(
  ranked: readonly RankedCandidate<T>[],
  inOrder: readonly RankedCandidate<T>[],
  { rule, images }: TieRule,
): RankedCandidate<T> | undefined {
  const [best] = ranked;
  if (!best || best.score === null) return undefined;
  const merit = (score: number) => meritOf(score, best.measure);
  const least = merit(best.score) - standardErrorOf(best, images);
  const tied = inOrder.filter(
    (each) => each.score !== null && merit(each.score) >= least && hasDiverged(each) === hasDiverged(best),
  );
  const costs: Record<Ties, (candidate: RankedCandidate<T>) => number> = {
    earlier: () => 0,
    parameters: ({ counted }) => counted[0]?.parameters ?? Number.POSITIVE_INFINITY,
    time: ({ counted }) =>
      meanOf(counted.map((run) => run.trainingSeconds ?? Number.POSITIVE_INFINITY)) ??
      Number.POSITIVE_INFINITY,
  };
  const costOf = costs[rule];
  return tied.reduce((first, each) => (costOf(each) < costOf(first) ? each : first));
}

function hasDiverged({ runs }: Pick<RankedCandidate<RankedRun>, 'runs'>): boolean {
  return runs.some(({ outcome }) => outcome != null && outcome !== 'completed');
}

function isChangedAs({ override }: RankedRun, other: RankedRun): boolean {
  return JSON.stringify(override ?? null) === JSON.stringify(other.override ?? null);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(values);
}
