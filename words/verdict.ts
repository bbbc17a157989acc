/** Whether a lead is more than chance, in words and numbers. */
import type {
  ChangesRecord,
  LeadRecord,
  OptimismRecord,
  TestMean,
  TestRun,
  VerdictInBrief,
} from '../study/record/comparison-record.ts';
import { list, percent, plural, points, signed } from './numbers.ts';

/** How names are set; default: as they are. */
type Naming = (name: string) => string;

/** A verdict as a label: `clear`, `likely`, `these two runs differ` or `not told apart`. */
export function verdictLabel({ kind }: Pick<VerdictInBrief, 'kind'>): string {
  return kind === 'runs differ' ? 'these two runs differ' : kind;
}

/**
 * A stage's verdict in one to three sentences: the winner beside the candidate that is told apart least, and how many seeds would
 * tell. A winner can be behind where a rule for ties has chosen it, or with the seeds that both have.
 */
export function verdictInWords(
  winner: string,
  verdict: VerdictInBrief,
  named: Naming = (name) => name,
): string {
  const { kind, closest, rivals, seedsToTell } = verdict;
  const rival = `${named(closest.name)}${rivals > 1 ? `, the closest of ${rivals} others` : ''}`;
  const texts: Record<VerdictInBrief['kind'], string> = {
    clear: `Clear: ${named(winner)} is ahead of ${rival}, by ${leadInNumbers(closest)}.`,
    likely: `Likely: ${named(winner)} is ahead of ${rival}, by ${leadInNumbers(closest)}.`,
    'runs differ': `These two runs differ: ${named(winner)} is ahead of ${rival}, by ${leadInNumbers(closest)}.`,
    'not told apart': `Not told apart: ${named(winner)} and ${rival}, with a difference of ${leadInNumbers(closest)}.`,
  };
  if (closest.difference < 0)
    return `Not ahead: ${named(winner)} is behind ${rival}, by ${leadInNumbers(closest)}.`;
  return [texts[kind], whatWouldTell(kind, closest, seedsToTell)].filter((text) => text !== '').join(' ');
}

/**
 * A lead in numbers: `1.20 points (95 % interval 0.20 to 2.20, p 0.012; 3 seeds)`; with one seed, by the validation images if
 * they are known.
 */
export function leadInNumbers({
  difference,
  paired,
  p,
  seeds,
  onImages,
}: Omit<LeadRecord, 'kind' | 'name'>): string {
  const by = points(difference);
  if (paired) return `${by} (${intervalInWords(paired.interval)}, ${pInWords(p)}; ${plural(seeds, 'seed')})`;
  if (!onImages) return `${by} (one seed; the store lacks which images the two runs classify correctly)`;
  const { onlyWinner, onlyRival, images, interval } = onImages;
  return (
    `${by} (one seed: of ${plural(images, 'validation image')}, ${onlyWinner} are right with the first run alone and ${onlyRival} ` +
    `with the second; ${intervalInWords(interval)}, ${pInWords(p)})`
  );
}

/** What a variant's change does, over all its candidates. */
export function changesInWords({ pairs, overall }: ChangesRecord, named: Naming = (name) => name): string {
  const [only] = pairs;
  if (!only) return 'No run can be compared with an ordinary one.';
  if (overall) {
    const { mean, interval, p, seeds } = overall;
    return (
      `On average over ${plural(seeds, 'pair')} of runs with the same seed, the change moves the score by ${signed(mean)} points ` +
      `(${intervalInWords(interval)}, ${pInWords(p)}).`
    );
  }
  return `The change moves the score of ${named(only.of)} by ${signed(only.difference)} points: ${leadInNumbers({ ...only, p: only.onImages?.p ?? null })}.`;
}

/** The accuracy in the final test: over several runs, their mean with its deviation and each of them. */
export function testInWords({ runs, mean }: { runs: readonly TestRun[]; mean: TestMean }): string {
  const interval = intervalInWords(mean.interval);
  if (mean.deviation === null) return `${percent(mean.accuracy)} (${interval})`;
  return (
    `${percent(mean.accuracy)} on average over ${plural(runs.length, 'seed')} (${interval} for the images; deviation over the seeds ` +
    `${points(mean.deviation)}: ${list(runs.map(({ accuracy }) => percent(accuracy)))})`
  );
}

/** How much of the winner's validation accuracy is due to its having been chosen by it. */
export function optimismInWords({ points: added, candidates, runs, epochs, images }: OptimismRecord): string {
  return (
    `Choosing the best epoch of the best of ${plural(candidates, 'candidate')} (${plural(runs, 'run')}, ${plural(epochs, 'epoch')}) has ` +
    `added about ${signed(added)} points to its accuracy on the ${plural(images, 'validation image')}.`
  );
}

/** `95 % interval −0.20 to 2.20` */
export function intervalInWords({ low, high }: { low: number; high: number }): string {
  return `95 % interval ${negative(low)} to ${negative(high)}`;
}

/** `p 0.012`, or `p < 0.0001`. */
export function pInWords(p: number | null): string {
  if (p === null) return 'p unknown';
  return p < 0.0001 ? 'p < 0.0001' : `p ${Number(p.toPrecision(2))}`;
}

// --- helpers ---

function whatWouldTell(
  kind: VerdictInBrief['kind'],
  closest: LeadRecord,
  seedsToTell: number | null,
): string {
  if (kind === 'clear') return '';
  if (closest.seeds === 1) {
    const reverse = kind === 'runs differ' ? 'Another seed may reverse it: ' : '';
    return `${reverse}${reverse ? 'only' : 'Only'} repeats can make a lead clear, with three seeds or more.`;
  }
  return seedsToTell === null
    ? 'More than 100 seeds would be needed to tell.'
    : `About ${seedsToTell} seeds would tell.`;
}

function negative(value: number): string {
  return value.toFixed(2).replace('-', '−');
}
