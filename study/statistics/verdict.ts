/** Whether a stage's winner is ahead by more than chance. docs/search.md has the thresholds and what they mean. */
import { holm } from './holm.ts';
import type { Interval } from './interval.ts';
import { type PairedDifference, pairedOverSeeds } from './paired-seeds.ts';
import { studentCritical } from './student.ts';

/** From three seeds on, a lead with a corrected p below this is clear. */
export const CLEAR_BELOW = 0.05;
export const CLEAR_FROM_SEEDS = 3;
/** From two seeds on, a lead with a corrected p below this is likely. */
export const LIKELY_BELOW = 0.2;

/**
 * `clear` and `likely` are about candidates, whatever the seed. `runs differ` is about the two runs of one seed alone: other
 * images would show the same, another seed need not.
 */
export type VerdictKind = 'clear' | 'likely' | 'runs differ' | 'not told apart';

/** A candidate that the winner is compared with. */
export interface Rival {
  name: string;
  /** Its scores, percent, in the order of the winner's seeds; null for a run without a score. */
  scores: readonly (number | null)[];
  /** How two runs with the same seed compare image by image, if that is known; it counts only where one seed is all there is. */
  onImages?: ImageDifference | null;
}

/** How two runs compare on the same validation images. It says nothing about runs with other seeds. */
export interface ImageDifference {
  images: number;
  /** Images that only the winner, or only the rival, classifies correctly. */
  onlyWinner: number;
  onlyRival: number;
  /** Of McNemar's exact test. */
  p: number;
  /** Of how much more accurate the winner's run is, points, by bootstrap. */
  interval: Interval;
}

/** How the winner compares with one rival. */
export interface Lead {
  name: string;
  kind: VerdictKind;
  /** Seeds with which both have a score. */
  seeds: number;
  /** The winner's mean score minus the rival's, over these seeds, points. */
  difference: number;
  /** The difference and its 95 % interval over the seeds; null with one seed. */
  paired: PairedDifference | null;
  /** Corrected by Holm for the number of rivals; null if nothing is known but the two scores. */
  p: number | null;
  onImages: ImageDifference | null;
}

export interface Verdict {
  /** That of the rival which is told apart least. */
  kind: VerdictKind;
  /** In the order of the rivals, without those that have no score with any of the winner's seeds. */
  leads: Lead[];
  /**
   * With how many seeds in all the winner would be clear with a probability of about 80 %, if differences and deviations stay as
   * they are. null if it is clear, if one seed leaves the deviations unknown, or if more than 100 would be needed.
   */
  seedsToTell: number | null;
}

/**
 * Compares a stage's winner with all other candidates.
 *
 * @param winner its scores, percent, by seed; null for a run without a score.
 * @returns null if no rival has a score with one of the winner's seeds: then there is nothing to tell apart.
 */
export function verdict(winner: readonly (number | null)[], rivals: readonly Rival[]): Verdict | null {
  const compared = rivals.flatMap((rival) => {
    const both = winner.flatMap((score, seed) => {
      const other = rival.scores[seed] ?? null;
      return score === null || other === null ? [] : [{ score, other }];
    });
    return both.length > 0 ? [compare(rival, both)] : [];
  });
  if (compared.length === 0) return null;
  // Where nothing is known, the correction assumes the worst.
  const corrected = holm(compared.map(({ p }) => p ?? 1));
  const leads = compared.map((lead, index): Lead => {
    const p = lead.p === null ? null : (corrected[index] as number);
    return { ...lead, p, kind: kindOf(lead, p) };
  });
  const kind = leads
    .map((lead) => lead.kind)
    .sort((a, b) => ORDER.indexOf(b) - ORDER.indexOf(a))[0] as VerdictKind;
  return { kind, leads, seedsToTell: seedsToTell(leads) };
}

// --- helpers ---

const ORDER: readonly VerdictKind[] = ['clear', 'likely', 'runs differ', 'not told apart'];
const MOST_SEEDS = 100;
/** Of finding a difference that is there. */
const POWER = 0.8;

function compare(
  { name, onImages = null }: Rival,
  both: readonly { score: number; other: number }[],
): Omit<Lead, 'kind'> {
  const seeds = both.length;
  const difference = both.reduce((sum, { score, other }) => sum + score - other, 0) / seeds;
  if (seeds === 1) return { name, seeds, difference, paired: null, p: onImages?.p ?? null, onImages };
  const paired = pairedOverSeeds(
    both.map(({ other }) => other),
    both.map(({ score }) => score),
  );
  return { name, seeds, difference, paired, p: paired.p, onImages };
}

/** A rule for ties can make a winner of a candidate that is behind. That is no lead, however sure it is. */
function kindOf({ seeds, difference }: Pick<Lead, 'seeds' | 'difference'>, p: number | null): VerdictKind {
  if (p === null || difference <= 0) return 'not told apart';
  if (seeds === 1) return p < CLEAR_BELOW ? 'runs differ' : 'not told apart';
  if (seeds >= CLEAR_FROM_SEEDS && p < CLEAR_BELOW) return 'clear';
  return p < LIKELY_BELOW ? 'likely' : 'not told apart';
}

/** The first n for which the difference exceeds the test's threshold by what its power asks for, for every rival. */
function seedsToTell(leads: readonly Lead[]): number | null {
  if (leads.every(({ kind }) => kind === 'clear')) return null;
  let most = CLEAR_FROM_SEEDS;
  for (const { kind, paired } of leads) {
    if (kind === 'clear') continue;
    if (!paired) return null;
    const enough = (seeds: number) => {
      const test = studentCritical(CLEAR_BELOW / leads.length, seeds - 1);
      const power = studentCritical(2 * (1 - POWER), seeds - 1);
      return ((test + power) * paired.deviation) / Math.sqrt(seeds) <= Math.abs(paired.mean);
    };
    if (paired.mean === 0 || !enough(MOST_SEEDS)) return null;
    while (!enough(most)) most++;
  }
  return most;
}
