/** Compares candidates by the results of their runs. */
import { bootstrapDifference } from './bootstrap.ts';
import type { Hits } from './hits.ts';
import { mcnemar } from './mcnemar.ts';
import { type PairedDifference, pairedOverSeeds } from './paired-seeds.ts';
import type { ImageDifference, Rival } from './verdict.ts';

/** A candidate with the runs that it is compared by. */
export interface ComparedCandidate {
  name: string;
  runs: ComparedRun[];
}

export interface ComparedRun {
  seed: number;
  /** Percent. */
  score: number;
  /** Of its best epoch; null if they are not stored. */
  hits: Hits | null;
}

/** A changed candidate beside the ordinary one. */
export interface ChangedPair {
  changed: ComparedCandidate;
  ordinary: ComparedCandidate;
}

/** How a change moves a candidate's score. */
export interface Change {
  name: string;
  /** The ordinary candidate's name. */
  of: string;
  /** Seeds that both were trained with. */
  seeds: number;
  /** The mean change of the score, points. */
  difference: number;
  /** The change and its interval over the seeds; null with one seed. */
  paired: PairedDifference | null;
  /** Of the first seed's runs; the changed one is the winner, the ordinary one the rival. null if hits of one aren't known. */
  onImages: ImageDifference | null;
}

export interface Changes {
  pairs: Change[];
  /** Over all pairs of a candidate and a seed, as if they were independent; null with fewer than two. */
  overall: PairedDifference | null;
}

/**
 * A candidate as a verdict compares it with the winner: seed by seed, and the first two runs with the same seed image by image. For
 * 10,000 images, that takes a tenth of a second or two.
 *
 * @param seed of the bootstrap.
 */
export function asRival(winner: ComparedCandidate, { name, runs }: ComparedCandidate, seed: number): Rival {
  const matched = winner.runs.map((run) => runs.find((other) => other.seed === run.seed) ?? null);
  const first = matched.findIndex((run) => run !== null);
  const [own, other] = [winner.runs[first], matched[first]];
  return {
    name,
    scores: matched.map((run) => run?.score ?? null),
    onImages: own && other ? onImages(own, other, seed) : null,
  };
}

/**
 * Compares changed candidates with the ordinary ones, seed by seed.
 *
 * @param seed of the bootstrap.
 */
export function compareChanges(pairs: readonly ChangedPair[], seed: number): Changes {
  const matched = pairs.map(({ changed, ordinary }) => ({
    name: changed.name,
    of: ordinary.name,
    both: changed.runs.flatMap((run) => {
      const other = ordinary.runs.find((each) => each.seed === run.seed);
      return other ? [{ run, other }] : [];
    }),
  }));
  return {
    pairs: matched.flatMap(({ name, of, both }) => {
      const [first] = both;
      if (!first) return [];
      const difference = both.reduce((sum, { run, other }) => sum + run.score - other.score, 0) / both.length;
      return [
        {
          name,
          of,
          seeds: both.length,
          difference,
          paired: paired(both),
          onImages: onImages(first.run, first.other, seed),
        },
      ];
    }),
    overall: paired(matched.flatMap(({ both }) => both)),
  };
}

// --- helpers ---

function paired(both: readonly { run: ComparedRun; other: ComparedRun }[]): PairedDifference | null {
  if (both.length < 2) return null;
  return pairedOverSeeds(
    both.map(({ other }) => other.score),
    both.map(({ run }) => run.score),
  );
}

function onImages(winner: ComparedRun, rival: ComparedRun, seed: number): ImageDifference | null {
  if (!winner.hits || !rival.hits || winner.hits.length !== rival.hits.length) return null;
  const { onlyFirst, onlySecond, p } = mcnemar(winner.hits, rival.hits);
  const { low, high } = bootstrapDifference(rival.hits, winner.hits, { seed });
  return {
    images: winner.hits.length,
    onlyWinner: onlyFirst,
    onlyRival: onlySecond,
    p,
    interval: { low: 100 * low, high: 100 * high },
  };
}
