/**
 * `npm run compare-demo`: how long the demo study takes in several checkouts, such as this one and one of an earlier
 * commit. Each run has a stack of its own that is already up, and an empty store.
 */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { endWith } from '../../client/command-line/exit-codes.ts';
import { interruption } from '../../client/command-line/interruption.ts';
import { projectRoot } from '../../infra/project.ts';
import { UserError } from '../../infra/user-error.ts';
import { summarise } from '../timing/statistics.ts';
import { startCheckoutStack } from './checkout-stack.ts';

try {
  await compare(parseArguments(process.argv.slice(2)));
} catch (error) {
  await endWith(error);
}

// --- helpers ---

interface Arguments {
  checkouts: string[];
  rounds: number;
  dataset: string;
}

function parseArguments(args: string[]): Arguments {
  const command = new Command('npm run compare-demo --')
    .description(
      'Measures the demo study of several checkouts, in turns, from the start of `run` on a stack that is up to the test ' +
        'result.',
    )
    .argument('[checkout...]', 'their folders, each after npm ci and npm run setup (default: this one)')
    .option('--rounds <number>', 'how often each is measured', '3')
    .option('--dataset <file>', "CIFAR-10's binary archive", process.env.CIFAR10_ARCHIVE)
    .addHelpText('after', '\nExample:\n  npm run compare-demo -- . ../staged-study-496bf41')
    .exitOverride()
    .showHelpAfterError('(run with --help for all options)')
    .parse(args, { from: 'user' });
  const { rounds, dataset } = command.opts<{ rounds: string; dataset?: string }>();
  if (!/^[1-9]\d*$/.test(rounds)) {
    throw new UserError(`--rounds: expected a number from 1, got "${rounds}"`);
  }
  if (!dataset) {
    throw new UserError(
      "--dataset: expected CIFAR-10's binary archive (cifar-10-binary.tar.gz), got neither the option nor CIFAR10_ARCHIVE",
    );
  }
  return {
    checkouts: command.args.length > 0 ? command.args.map((folder) => resolve(folder)) : [projectRoot],
    rounds: Number(rounds),
    dataset: resolve(dataset),
  };
}

async function compare({ checkouts, rounds, dataset }: Arguments): Promise<void> {
  const signal = interruption();
  const seconds = new Map(checkouts.map((checkout) => [checkout, [] as number[]]));
  for (let round = 1; round <= rounds; round++) {
    // Every second round in reverse order, so that none always has the machine at its best or worst.
    for (const checkout of round % 2 === 1 ? checkouts : checkouts.toReversed()) {
      const found = await measureDemo(checkout, dataset, signal);
      seconds.get(checkout)?.push(found);
      console.error(`round ${round} of ${rounds}, ${checkout}: ${found.toFixed(1)} s`);
    }
  }
  for (const [checkout, values] of seconds) {
    const { median, least, most } = summarise(values, 0);
    console.log(`${checkout}: ${median.toFixed(1)} s (${least.toFixed(1)}–${most.toFixed(1)})`);
  }
}

/** Seconds from the start of `run` to the line with the test result. */
async function measureDemo(checkout: string, dataset: string, signal: AbortSignal): Promise<number> {
  const stack = await startCheckoutStack(checkout, signal);
  try {
    let tested: number | undefined;
    await stack.call(['run', 'cifar10', '--profile', 'demo', '--dataset', dataset], (line, seconds) => {
      if (line.startsWith('test: ')) tested ??= seconds;
    });
    if (tested === undefined) throw new Error(`${checkout}: expected a test result from the demo, got none`);
    return tested;
  } finally {
    await stack.stop();
  }
}
