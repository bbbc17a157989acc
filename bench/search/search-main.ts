/** `npm run bench:search`: how few evaluations each sampler needs on seven cheap problems, beside hyperopt and Optuna. */
import type { SearchOptions } from '../../study/search/samplers/suggest.ts';
import { table } from '../markdown.ts';
import { median } from '../timing/statistics.ts';
import { type Cell, type Compared, compareCells } from './compare.ts';
import peers from './peers.json' with { type: 'json' };
import { problems } from './problems.ts';
import { bestLosses, suggestionMilliseconds } from './run-search.ts';

const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);
const BUDGETS = [30, 50, 100] as const;
const TRIALS = 1000;

const samplers = {
  random: { sampler: 'random' },
  tpe: { sampler: 'tpe' },
  'tpe, strict': { sampler: 'tpe', strict: 'hyperopt' },
  'tpe-multivariate': { sampler: 'tpe-multivariate' },
} satisfies Record<string, SearchOptions>;

const ours = Object.fromEntries(
  Object.entries(samplers).map(([name, options]) => [name, losses(options)]),
) as Record<keyof typeof samplers, Losses>;

const random = medians(ours.random);
const versus = {
  tpe: compareCells(cells(ours.tpe, 'hyperopt')),
  strict: compareCells(cells(ours['tpe, strict'], 'hyperopt')),
  multivariate: compareCells(cells(ours['tpe-multivariate'], 'optuna')),
};

console.log('Median of the best loss, 30 seeds. p: one-sided Mann-Whitney.\n');
console.log(
  'worse: with Holm’s correction for the 21 rows; below 0.05, ours is worse. better: without a correction.\n',
);
print('`tpe` beside hyperopt 0.3.0', versus.tpe);
print('`tpe` with `strict: hyperopt` beside hyperopt 0.3.0', versus.strict);
print('`tpe-multivariate` beside Optuna 5.0.0', versus.multivariate);

console.log(`Milliseconds of a suggestion after ${TRIALS} trials on mixed7\n`);
console.log(
  table(
    ['sampler', 'ms'],
    Object.entries(samplers).map(([name, options]) => [
      name,
      suggestionMilliseconds(problems.mixed7, options, TRIALS).toFixed(1),
    ]),
  ),
);

// --- helpers ---

/** Best losses by problem and number of evaluations, one for each seed. */
type Losses = Record<string, Record<string, number[]>>;

function losses(options: SearchOptions): Losses {
  return Object.fromEntries(
    Object.entries(problems).map(([name, problem]) => {
      const runs = SEEDS.map((seed) => bestLosses(problem, options, seed, BUDGETS));
      return [
        name,
        Object.fromEntries(BUDGETS.map((budget, at) => [budget, runs.map((run) => run[at] as number)])),
      ];
    }),
  );
}

function medians(all: Losses): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.entries(all).map(([name, byBudget]) => [
      name,
      Object.fromEntries(Object.entries(byBudget).map(([budget, values]) => [budget, median(values)])),
    ]),
  );
}

function cells(all: Losses, peer: 'hyperopt' | 'optuna'): Cell[] {
  return Object.entries(peers.best).flatMap(([problem, best]) =>
    BUDGETS.map((evaluations) => ({
      problem,
      evaluations,
      ours: all[problem]?.[evaluations] ?? [],
      peer: best[peer][evaluations],
    })),
  );
}

function print(title: string, compared: readonly Compared[]): void {
  console.log(`${title}\n`);
  const rows = compared.map(({ problem, evaluations, ourMedian, peerMedian, pWorse, pBetter }) => [
    problem,
    String(evaluations),
    random[problem]?.[evaluations]?.toPrecision(5) ?? '',
    peerMedian.toPrecision(5),
    ourMedian.toPrecision(5),
    pWorse.toFixed(3),
    pBetter.toFixed(4),
  ]);
  console.log(
    `${table(['problem', 'evaluations', 'random', 'peer', 'ours', 'p, worse', 'p, better'], rows)}\n`,
  );
}
