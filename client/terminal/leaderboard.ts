import { type RankedCandidate, rankCandidates } from '../../study/plan/ranking.ts';
import { candidateOfRun } from '../../study/plan/runs.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { measuredBy } from '../../study/trial/measure.ts';
import { meanInWords, rankInWords } from '../../words/outcome.ts';
import type { StageView } from '../observe/observe-study.ts';
import type { TrialView } from '../observe/view-trial.ts';

/** A line of a stage's leaderboard. */
export type LeaderboardLine =
  /** A candidate with several runs, which follow. */
  | { kind: 'candidate'; name: string; place: string; text: string }
  /** @param place empty for a run below its candidate. */
  | { kind: 'trial'; trial: TrialView; place: string };

/** Candidates that have ended, the winner and then the best first; then what has not ended, in the order of the candidates. */
export function leaderboard({ trials, winner }: StageView): LeaderboardLine[] {
  const ranked = rankCandidates(trials.flatMap(({ standing }) => standing ?? []));
  // A rule for ties may have decided.
  const ordered = [
    ...ranked.filter(({ name }) => name === winner?.name),
    ...ranked.filter(({ name }) => name !== winner?.name),
  ];
  const begun = ordered.flatMap((candidate, index) => candidateLines(candidate, index, trials));
  const shown = new Set(ordered.map(({ name }) => name));
  const others = trials.filter(({ name }) => !shown.has(candidateOfRun(name)));
  return [...begun, ...others.map((trial) => ({ kind: 'trial' as const, trial, place: '·' }))];
}

// --- helpers ---

function candidateLines(
  { name, score, deviation, counted, measure }: RankedCandidate<TrialStanding>,
  index: number,
  trials: readonly TrialView[],
): LeaderboardLine[] {
  const own = trials.filter((trial) => candidateOfRun(trial.name) === name);
  const place = rankInWords({ score }, index);
  const [only] = own;
  if (only && own.length === 1) return [{ kind: 'trial', trial: only, place }];
  const text =
    score === null
      ? 'no score'
      : meanInWords({ score, deviation, runs: counted.length, ...measuredBy(measure) }, own.length);
  return [
    { kind: 'candidate', name, place, text },
    ...own.map((trial): LeaderboardLine => ({ kind: 'trial', trial, place: trial.standing ? '' : '·' })),
  ];
}
