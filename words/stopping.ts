import type { PlannedStopping } from '../study/plan/stopping.ts';
import type { StoppingRule } from '../study/search/stopping/rules.ts';
import { plural } from './numbers.ts';

/** Where a search may stop a trial, and what that saves, in lines. */
export function stoppingInWords({ rule, rungs, savings, longest }: PlannedStopping): string[] {
  if (rungs.length === 0) {
    return [
      `stops no trial early: the longest has ${plural(longest, 'epoch')}, and the first decision falls after ${rule.first}`,
    ];
  }
  const [least, most] = [Math.floor(100 * savings.least), Math.ceil(100 * savings.most)];
  const share = least === most ? `${least} %` : `${least} to ${most} %`;
  return [
    `stops trials early, ${ruleInWords(rule)}`,
    `decides after ${rungs.length === 1 ? 'epoch' : 'epochs'} ${shortened(rungs)}; saves ${share} of the search's epochs`,
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

function shortened(rungs: readonly number[]): string {
  if (rungs.length <= MOST_SHOWN) return rungs.join(', ');
  return `${rungs.slice(0, MOST_SHOWN - 2).join(', ')}, …, ${rungs.at(-1)}`;
}
