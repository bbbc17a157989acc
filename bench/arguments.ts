import { Command } from 'commander';
import { UserError } from '../infra/user-error.ts';
import { allNetworks, type NamedNetwork, usualNetworks } from './networks.ts';

export interface BenchRequest {
  networks: readonly NamedNetwork[];
  /** Whether to write the results into the docs. */
  write: boolean;
  /** The command, so that it can be repeated. */
  command: string;
}

/**
 * @param args the arguments after the program's name.
 * @throws {UserError} if the shipped study doesn't have a network.
 * @throws {CommanderError} for other wrong usage, and for help.
 */
export function parseArguments(args: readonly string[]): BenchRequest {
  const command = new Command('npm run bench --')
    .description(
      'Measures training next to PyTorch, TensorFlow for Python and plain tfjs-node on this machine.',
    )
    .option('--all', 'every network of the shipped study (about an hour) instead of five of them')
    .option('--only <name...>', 'only these networks; prints the results without writing them to docs/')
    .addHelpText('after', '\nExample:\n  npm run bench -- --only simple_cnn')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(run with --help for all options)');
  const { all, only } = command.parse(args, { from: 'user' }).opts<{ all?: true; only?: string[] }>();
  if (all && only) throw new UserError('--all and --only exclude each other; use one of them');
  return {
    networks: only ? only.map(named) : all ? allNetworks : usualNetworks,
    write: !only,
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  };
}

// --- helpers ---

function named(name: string): NamedNetwork {
  const found = allNetworks.find((network) => network.name === name);
  if (found) return found;
  const known = allNetworks.map((network) => network.name).join(', ');
  throw new UserError(`--only: expected one of ${known}, got "${name}"`);
}
