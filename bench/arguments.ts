import { Command } from 'commander';
import { UserError } from '../infra/user-error.ts';
import { allNetworks, type NamedNetwork, usualNetworks } from './networks.ts';
import type { Section } from './sections/section.ts';
import { allSections } from './sections/sections.ts';

export interface BenchRequest {
  networks: readonly NamedNetwork[];
  sections: readonly Section[];
  /** Whether to measure peers that are never the fastest too. */
  allPeers: boolean;
  /** Whether to write the results into the docs. */
  write: boolean;
  /** The command, so that it can be repeated. */
  command: string;
}

/**
 * @param args the arguments after the program's name.
 * @throws {UserError} if the shipped study doesn't have a network, or the bench a section.
 * @throws {CommanderError} for other wrong usage, and for help.
 */
export function parseArguments(args: readonly string[]): BenchRequest {
  const sections = allSections.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`);
  const command = new Command('npm run bench --')
    .description(
      'Measures training beside PyTorch, TensorFlow for Python and JAX on this machine. That may take an hour on slow cores.\n' +
        'Every result is saved in docs/ as soon as it is there, in the place of an earlier one.',
    )
    .option(
      '--all',
      'every network of the shipped study instead of five, two threads, Keras and plain tfjs-node too',
    )
    .option(
      '--only <name...>',
      'only these networks and no whole studies; prints the results without writing them to docs/',
    )
    .option('--section <name...>', 'only these sections')
    .addHelpText('after', `\nSections:\n${sections.join('\n')}`)
    .addHelpText('after', '\nExample:\n  npm run bench -- --only simple_cnn --section steps')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(run with --help for all options)');
  const options = command
    .parse(args, { from: 'user' })
    .opts<{ all?: true; only?: string[]; section?: string[] }>();
  const { all = false, only, section } = options;
  if (all && only) throw new UserError('--all and --only exclude each other; use one of them');
  return {
    networks: only ? pick('--only', only, allNetworks) : all ? allNetworks : usualNetworks,
    sections: section
      ? pick('--section', section, allSections)
      : allSections.filter((each) => !(only && each.wholeStudies) && (all || !each.onlyIfNamed)),
    allPeers: all,
    write: !only,
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  };
}

// --- helpers ---

/** The named ones of all, in the order of all. */
function pick<T extends { name: string }>(
  option: string,
  names: readonly string[],
  all: readonly T[],
): readonly T[] {
  const known = all.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new UserError(`${option}: expected one of ${known.join(', ')}, got "${name}"`);
  }
  return all.filter(({ name }) => names.includes(name));
}
