/** `npm run bench:stopping`: what each rule of early stopping saves of complete trainings, and costs. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { endWith } from '../../client/command-line/exit-codes.ts';
import { interruption } from '../../client/command-line/interruption.ts';
import { rungsOf, type StoppingRule } from '../../study/search/stopping/rules.ts';
import type { PairedDifference } from '../../study/statistics/paired-seeds.ts';
import { table } from '../markdown.ts';
import { type Curves, curvesSchema } from './curves.ts';
import { CONFIGURATIONS } from './curves-study.ts';
import { summariseRule } from './summary.ts';
import { trainCurves } from './train-curves.ts';

const CURVES = new URL('./curves.json', import.meta.url);
/** Of the space, ÷ 5. */
const LONGEST = 20;

/** Epochs as they were trained. */
const RULES: { rule: StoppingRule; atOnce: number }[] = [
  { rule: { kind: 'median', first: 2, every: 2 }, atOnce: 3 },
  { rule: { kind: 'median', first: 4, every: 4 }, atOnce: 3 },
  { rule: { kind: 'halving', first: 1, factor: 3 }, atOnce: CONFIGURATIONS },
  { rule: { kind: 'halving', first: 2, factor: 2 }, atOnce: CONFIGURATIONS },
  { rule: { kind: 'halving', first: 2, factor: 3 }, atOnce: CONFIGURATIONS },
  { rule: { kind: 'asha', first: 1, factor: 3 }, atOnce: 2 },
  { rule: { kind: 'asha', first: 2, factor: 2 }, atOnce: 2 },
  { rule: { kind: 'asha', first: 2, factor: 3 }, atOnce: 2 },
];

try {
  const dataset = trainFrom(process.argv.slice(2));
  if (dataset !== undefined) {
    const curves = await trainCurves(resolve(dataset), interruption(), console.error);
    await writeFile(CURVES, `${JSON.stringify(curves)}\n`);
  }
  print(curvesSchema.parse(JSON.parse(await readFile(CURVES, 'utf8'))));
} catch (error) {
  await endWith(error);
}

// --- helpers ---

/** CIFAR-10's archive, if the curves are to be trained. */
function trainFrom(args: string[]): string | undefined {
  const command = new Command('npm run bench:stopping --')
    .description(
      'Applies rules of early stopping to complete trainings, which bench/stopping/curves.json has.',
    )
    .option(
      '--train <archive>',
      "train them again, with CIFAR-10's binary archive: an hour or so on two cores",
    )
    .addHelpText('after', '\nExample:\n  npm run bench:stopping -- --train cifar-10-binary.tar.gz')
    .exitOverride()
    .showHelpAfterError('(run with --help for all options)')
    .parse(args, { from: 'user' });
  return command.opts<{ train?: string }>().train;
}

function print({ machine, searches }: Curves): void {
  const trials = searches.reduce((sum, search) => sum + search.trials.length, 0);
  const epochs = searches.flatMap((search) => search.trials.map(({ accuracies }) => accuracies.length));
  console.log(
    `${trials} trials of ${searches.length} searches, ${epochs.reduce((sum, each) => sum + each, 0)} epochs, trained on ${machine}.\n`,
  );
  const header = [
    'rule',
    'rungs',
    'in a round',
    'epochs saved',
    'best score lost, points',
    'best trial kept',
  ];
  const rows = RULES.map(({ rule, atOnce }) => {
    const { saved, loss, keepsBest } = summariseRule(rule, atOnce, searches);
    return [
      `\`${rule.kind}\`${'factor' in rule ? `, ${rule.factor}` : ''}`,
      rungsOf(rule, LONGEST).join(', '),
      rule.kind === 'asha' ? `${atOnce} at once` : String(atOnce),
      withInterval(saved, 0, ' %'),
      withInterval(loss, 2),
      `${keepsBest.toFixed(0)} %`,
    ];
  });
  console.log(table(header, rows));
}

function withInterval({ mean, interval }: PairedDifference, digits: number, unit = ''): string {
  const text = (value: number) => value.toFixed(digits);
  return `${text(mean)}${unit} (${text(interval.low)} to ${text(interval.high)})`;
}
