import type { ObjectStore } from '../../storage/object-store.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { candidatesOf, type RankedCandidate, rankCandidates } from '../../study/plan/ranking.ts';
import { measureOf } from '../../study/plan/winner.ts';
import type { ChangesRecord, VerdictRecord } from '../../study/record/comparison-record.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import {
  asRival,
  type ChangedPair,
  type ComparedCandidate,
  type ComparedRun,
  compareChanges,
} from '../../study/statistics/compare-runs.ts';
import { type Rival, verdict } from '../../study/statistics/verdict.ts';
import { measuredBy, meritOf, type OtherMeasure } from '../../study/trial/measure.ts';
import { readBestHits } from './stored-hits.ts';

/** With how many others a winner is compared: whoever is behind a hundred is no rival. */
const MOST_RIVALS = 100;

/**
 * Whether a stage's winner is ahead by more than chance, from the stored results of its runs. Two single runs are compared by
 * their hits, which are about accuracy: in another measure, one seed tells nothing.
 *
 * @param stage.winner name of the winning candidate.
 * @param seed of what is drawn to find intervals.
 * @returns null if there is no other candidate to compare it with.
 */
export async function compareRanked(
  store: ObjectStore,
  stage: { standings: readonly TrialStanding[]; winner: string },
  seed: number,
): Promise<VerdictRecord | null> {
  const ranked = rankCandidates(stage.standings);
  const best = ranked.find(({ name }) => name === stage.winner);
  if (!best) return null;
  const { measure } = best;
  const { name, runs } = await withResults(store, best);
  const winner = asMerits(
    { name, runs: await Promise.all(runs.map((run) => runOf(store, run, true))) },
    measure,
  );
  const others = ranked.filter((each) => each !== best && each.score !== null).slice(0, MOST_RIVALS);
  const rivals: Rival[] = [];
  // One after another, so that the worker has time for others in between.
  for (const other of others) {
    const rival = await besides(store, await withResults(store, other), { name, runs });
    rivals.push(asRival(winner, asMerits(rival, measure), seed));
  }
  const told = verdict(
    winner.runs.map(({ score }) => score),
    rivals,
  );
  return told && { ...told, ...measuredBy(measure) };
}

/**
 * What a variant's change does to each of its candidates.
 *
 * @param stage.ordinary the runs of the stages whose candidates are varied.
 */
export async function compareVariant(
  store: ObjectStore,
  stage: { standings: readonly TrialStanding[]; ordinary: readonly Compared[] },
  seed: number,
): Promise<ChangesRecord> {
  const ordinary = candidatesOf(stage.ordinary);
  const measure = measureOf(stage.standings);
  const pairs: ChangedPair[] = [];
  for (const candidate of candidatesOf(stage.standings)) {
    const [first] = candidate.runs;
    const beside = ordinary.find(({ name }) => name === first?.of);
    if (!beside) continue;
    const changed = await withResults(store, candidate);
    const usual = await withResults(store, beside);
    pairs.push({
      changed: await besides(store, changed, usual),
      ordinary: await besides(store, usual, changed),
    });
  }
  return { ...compareChanges(pairs, seed), ...measuredBy(measure) };
}

// --- helpers ---

type Compared = Pick<TrialStanding, 'name' | 'candidate' | 'trialKey' | 'score'>;
interface CandidateResults {
  name: string;
  runs: ScoredResult[];
}
type ScoredResult = TrialResult & { score: number };

async function withResults(
  store: ObjectStore,
  { name, counted }: RankedCandidate<Compared>,
): Promise<CandidateResults> {
  const results = await Promise.all(
    counted.map(({ trialKey }) => (trialKey ? readResult(store, trialKey) : undefined)),
  );
  return { name, runs: results.filter((result): result is ScoredResult => result?.score != null) };
}

/** A candidate's runs; hits are read of that alone whose seed is the first that the other has too. */
async function besides(
  store: ObjectStore,
  { name, runs }: CandidateResults,
  other: CandidateResults,
): Promise<ComparedCandidate> {
  const common = other.runs.find((each) => runs.some(({ spec }) => spec.seed === each.spec.seed));
  const compared = runs.map((run) => runOf(store, run, run.spec.seed === common?.spec.seed));
  return { name, runs: await Promise.all(compared) };
}

/** With scores of which more is better. */
function asMerits({ name, runs }: ComparedCandidate, measure: OtherMeasure | undefined): ComparedCandidate {
  return { name, runs: runs.map((run) => ({ ...run, score: meritOf(run.score, measure) })) };
}

async function runOf(store: ObjectStore, result: ScoredResult, isCompared: boolean): Promise<ComparedRun> {
  const hits = isCompared && !result.spec.rankBy ? await readBestHits(store, result) : null;
  return { seed: result.spec.seed, score: result.score, hits };
}
