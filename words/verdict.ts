/** Whether a lead is more than chance, in words and numbers. */
import type {
  ChangesRecord,
  LeadRecord,
  OptimismRecord,
  TestMean,
  TestRun,
  VerdictInBrief,
} from '../study/record/comparison-record.ts';
import { type Measure, type Measured, measuredBy } from '../study/trial/measure.ts';
import type { ExampleWord } from './examples.ts';
import {
  differenceInWords,
  digitsInWords,
  measureName,
  signedDifference,
  unitOfDifferences,
  valueInWords,
} from './measure.ts';
import { list, percent, plural, points, signed } from './numbers.ts';

/** How things are called. */
interface Naming {
  /** How names are set; default: as they are. */
  named?: (name: string) => string;
  /** Default: `image`. */
  example?: ExampleWord | undefined;
}

const asItIs = (name: string): string => name;

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
  { named = asItIs, example }: Naming = {},
): string {
  const { kind, closest, rivals, seedsToTell, measure } = verdict;
  const lead = leadInNumbers({ ...closest, ...measuredBy(measure) }, example);
  const rival = `${named(closest.name)}${rivals > 1 ? `, the hardest of ${rivals} others to tell apart` : ''}`;
  const texts: Record<VerdictInBrief['kind'], string> = {
    clear: `Clear: ${named(winner)} is ahead of ${rival}, by ${lead}.`,
    likely: `Likely: ${named(winner)} is ahead of ${rival}, by ${lead}.`,
    'runs differ': `These two runs differ: ${named(winner)} is ahead of ${rival}, by ${lead}.`,
    'not told apart': `Not told apart: ${named(winner)} and ${rival}, with a difference of ${lead}.`,
  };
  if (closest.difference < 0) return `Not ahead: ${named(winner)} is behind ${rival}, by ${lead}.`;
  return [texts[kind], whatWouldTell(kind, closest, seedsToTell)].filter((text) => text !== '').join(' ');
}

/**
 * A lead in numbers: `1.20 points (95 % interval 0.20 to 2.20, p 0.012; 3 seeds)`; with one seed, by the validation images if
 * they are known.
 */
export function leadInNumbers(
  { difference, paired, p, seeds, onImages, measure }: Omit<LeadRecord, 'kind' | 'name'> & Measured,
  example: ExampleWord = 'image',
): string {
  const by = differenceInWords(difference, measure);
  if (paired)
    return `${by} (${intervalInWords(paired.interval, measure)}, ${pInWords(p)}; ${plural(seeds, 'seed')})`;
  if (measure) return `${by} (one seed: two single runs are not compared in ${measureName(measure)})`;
  if (!onImages) return `${by} (one seed; the store lacks which ${example}s the two runs classify correctly)`;
  const { onlyWinner, onlyRival, images, interval } = onImages;
  return (
    `${by} (one seed: of ${plural(images, `validation ${example}`)}, ${onlyWinner} are right with the first run alone and ${onlyRival} ` +
    `with the second; ${intervalInWords(interval)}, ${pInWords(p)})`
  );
}

/** What a variant's change does, over all its candidates. */
export function changesInWords(
  { pairs, overall, measure }: ChangesRecord,
  { named = asItIs, example }: Naming = {},
): string {
  const [only] = pairs;
  if (!only) return 'No run can be compared with an ordinary one.';
  if (overall) {
    const { mean, interval, p, seeds } = overall;
    return (
      `On average over ${plural(seeds, 'pair')} of runs with the same seed, the change moves the score by ${signedDifference(mean, measure)} ` +
      `${unitOfDifferences(measure)} (${intervalInWords(interval, measure)}, ${pInWords(p)}).`
    );
  }
  const moved = `${signedDifference(only.difference, measure)} ${unitOfDifferences(measure)}`;
  const lead = leadInNumbers({ ...only, p: only.onImages?.p ?? null, ...measuredBy(measure) }, example);
  return `The change moves the score of ${named(only.of)} by ${moved}: ${lead}.`;
}

/** The accuracy in the final test: over several runs, their mean with its deviation and each of them. */
export function testInWords(
  { runs, mean }: { runs: readonly TestRun[]; mean: TestMean },
  example: ExampleWord = 'image',
): string {
  const interval = intervalInWords(mean.interval);
  if (mean.deviation === null) return `${percent(mean.accuracy)} (${interval})`;
  return (
    `${percent(mean.accuracy)} on average over ${plural(runs.length, 'seed')} (${interval} for the ${example}s; deviation over the seeds ` +
    `${points(mean.deviation)}: ${list(runs.map(({ accuracy }) => percent(accuracy)))})`
  );
}

/** The score in the final test, in another measure than accuracy: over several runs as the accuracy. */
export function testScoreInWords(
  { runs, mean }: { runs: readonly TestRun[]; mean: TestMean },
  measure: Measure,
): string {
  const value = valueInWords(mean.score ?? Number.NaN, measure);
  const [first] = runs;
  if (runs.length === 1) {
    const { scoreInterval } = first ?? {};
    return scoreInterval ? `${value} (${intervalInWords(scoreInterval, measure)})` : value;
  }
  const each = list(runs.map(({ score }) => valueInWords(score ?? Number.NaN, measure)));
  return (
    `${value} on average over ${plural(runs.length, 'seed')} (deviation over the seeds ` +
    `${differenceInWords(mean.scoreDeviation ?? 0, measure)}: ${each})`
  );
}

/** How much of the winner's validation accuracy is due to its having been chosen by it. */
export function optimismInWords(
  { points: added, candidates, runs, epochs, images }: OptimismRecord,
  example: ExampleWord = 'image',
): string {
  return (
    `Choosing the best epoch of the best of ${plural(candidates, 'candidate')} (${plural(runs, 'run')}, ${plural(epochs, 'epoch')}) has ` +
    `added about ${signed(added)} points to its accuracy on the ${plural(images, `validation ${example}`)}.`
  );
}

/** `95 % interval −0.20 to 2.20` */
export function intervalInWords({ low, high }: { low: number; high: number }, measure?: Measure): string {
  return `95 % interval ${negative(low, measure)} to ${negative(high, measure)}`;
}

/** What a lead rests on: `p 0.012`, or `one seed` where single runs are not compared. */
export function evidenceInWords({ p }: Pick<LeadRecord, 'p'>, measure: Measure | undefined): string {
  return measure && p === null ? 'one seed' : pInWords(p);
}

// --- helpers ---

/** `p 0.012`, or `p < 0.0001`. */
function pInWords(p: number | null): string {
  if (p === null) return 'p unknown';
  return p < 0.0001 ? 'p < 0.0001' : `p ${Number(p.toPrecision(2))}`;
}

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

function negative(value: number, measure: Measure | undefined): string {
  return digitsInWords(value, measure).replace('-', '−');
}
