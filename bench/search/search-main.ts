/** `npm run bench:search`: how few evaluations each sampler needs on seven cheap problems, beside hyperopt and Optuna. */
import type { SearchOptions } from '../../study/search/samplers/suggest.ts';
import { table } from '../markdown.ts';
import { median } from '../timing/statistics.ts';
import { type Cell, type Difference, differences } from './compare.ts';
import peers from './peers.json' with { type: 'json' };
import { type Problem, problems } from './problems.ts';
import { bestLosses, suggestionMilliseconds } from './run-search.ts';

const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);
const BUDGETS = [30, 50, 100] as const;
/** Before the suggestion that is timed. */
const TRIALS = 1000;

const samplers = {
  random: { sampler: 'random' },
  tpe: { sampler: 'tpe' },
  'tpe-multivariate': { sampler: 'tpe-multivariate' },
} satisfies Record<string, SearchOptions>;
type Name = keyof typeof samplers;

const losses = Object.fromEntries(
  Object.entries(samplers).map(([name, options]) => [name, lossesOf(options)]),
) as Record<Name, Losses>;

console.log('Median of the best loss, 30 seeds:\n');
const header = ['problem', 'evaluations', 'random', 'hyperopt', '`tpe`', 'Optuna', '`tpe-multivariate`'];
console.log(`${table(header, medians())}\n`);
console.log('Differences by one-sided Mann-Whitney tests, corrected by Holm for the 21 rows, p < 0.05:\n');
console.log(describe('`tpe`', 'hyperopt', differences(cells('tpe', 'hyperopt'))));
console.log(describe('`tpe-multivariate`', 'Optuna', differences(cells('tpe-multivariate', 'optuna'))));

console.log(`\nProcessor time of a suggestion after ${TRIALS} trials on mixed7:\n`);
for (const [name, options] of Object.entries(samplers)) {
  console.log(`- \`${name}\`: ${suggestionMilliseconds(problems.mixed7, options, TRIALS).toFixed(1)} ms`);
}

// --- helpers ---

/** Best losses by problem and number of evaluations, one for each seed. */
type Losses = Record<string, Record<string, number[]>>;

function lossesOf(options: SearchOptions): Losses {
  return Object.fromEntries(
    Object.entries<Problem>(problems).map(([name, problem]) => {
      // In as many digits as the peers' losses are stored with.
      const runs = SEEDS.map((seed) =>
        bestLosses(problem, options, seed, BUDGETS).map((loss) => Number(loss.toPrecision(6))),
      );
      const byBudget = BUDGETS.map((budget, at) => [budget, runs.map((run) => run[at] as number)]);
      return [name, Object.fromEntries(byBudget)];
    }),
  );
}

/** A row for each cell. */
function medians(): string[][] {
  const tpe = cells('tpe', 'hyperopt');
  const multivariate = cells('tpe-multivariate', 'optuna');
  return cells('random', 'hyperopt').map(({ problem, evaluations, ours }, index) => [
    problem,
    String(evaluations),
    ...[ours, tpe[index]?.peer, tpe[index]?.ours, multivariate[index]?.peer, multivariate[index]?.ours].map(
      (values) => median(values ?? []).toPrecision(4),
    ),
  ]);
}

function cells(ours: Name, peer: 'hyperopt' | 'optuna'): Cell[] {
  return Object.entries(peers.best).flatMap(([problem, best]) =>
    BUDGETS.map((evaluations) => ({
      problem,
      evaluations,
      ours: losses[ours][problem]?.[evaluations] ?? [],
      peer: best[peer][evaluations],
    })),
  );
}

function describe(
  ours: string,
  peer: string,
  { worse, better }: { worse: Difference[]; better: Difference[] },
): string {
  const list = (found: Difference[]) =>
    found
      .map(({ problem, evaluations, p }) => `${problem} at ${evaluations} (p ${p.toFixed(4)})`)
      .join(', ') || 'nowhere';
  return `- ${ours} beside ${peer}: worse ${list(worse)}; better ${list(better)}.`;
}
