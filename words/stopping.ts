import type { PlannedStopping } from '../study/plan/stopping.ts';
import { MOST_IN_ROUND } from '../study/search/rounds.ts';
import type { StoppingRule } from '../study/search/stopping/rules.ts';
import { count, plural } from './numbers.ts';

/** Where a search may stop a trial, and what that saves, in lines. */
export function stoppingInWords({
  rule,
  rungs,
  rounds,
  epochs,
  savings,
  longest,
}: PlannedStopping): string[] {
  if (rungs.length === 0) {
    return [
      `stops no trial early: the longest has ${plural(longest, 'epoch')}, and the first decision falls after ${rule.first}`,
    ];
  }
  const share = rangeInWords({ least: Math.floor(100 * savings.least), most: Math.ceil(100 * savings.most) });
  const isExact = savings.most - savings.least < 1e-9;
  const open = rule.kind === 'halving' ? '' : ', as results decide';
  return [
    `stops trials early, ${ruleInWords(rule)}${roundsInWords(rounds)}`,
    `decides after ${rungs.length === 1 ? 'epoch' : 'epochs'} ${shortened(rungs)}; trains ${rangeInWords(epochs.trained)} epochs ` +
      `instead of ${rangeInWords(epochs.unstopped)}${open}: saves ${isExact ? Math.round(100 * savings.least) : share} %`,
  ];
}

/** What a rule stops: `all but the best 1 of 3 of a round (halving)`. */
export function ruleInWords(rule: StoppingRule): string {
  switch (rule.kind) {
    case 'median':
      return 'those behind the median of earlier rounds (median)';
    case 'halving':
      return `all but the best 1 of ${rule.factor} of a round (halving)`;
    case 'asha':
      return `those not among the best 1 of ${rule.factor} that came so far before them (asha)`;
  }
}

// --- helpers ---

const MOST_SHOWN = 8;

function rangeInWords({ least, most }: { least: number; most: number }): string {
  return least === most ? count(least) : `${count(least)} to ${count(most)}`;
}

/** Only where the evaluations that depend on no result are several rounds: they are then too many for one. */
function roundsInWords(rounds: readonly number[] | null): string {
  const [first = 0, second = 0] = rounds ?? [];
  if (!rounds || first + second <= MOST_IN_ROUND) return '';
  return `; a round has at most ${MOST_IN_ROUND} evaluations: ${shortened(rounds)}`;
}

function shortened(rungs: readonly number[]): string {
  if (rungs.length <= MOST_SHOWN) return rungs.join(', ');
  return `${rungs.slice(0, MOST_SHOWN - 2).join(', ')}, …, ${rungs.at(-1)}`;
}
