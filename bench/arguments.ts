import { Command } from 'commander';
import { UserError } from '../infra/user-error.ts';
import { allNetworks, type NamedNetwork, usualNetworks } from './networks.ts';

export interface BenchRequest {
  networks: readonly NamedNetwork[];
  /** Whether the results go into the docs: not where some networks were left out. */
  write: boolean;
  /** As it was given, to be repeated. */
  command: string;
}

/**
 * @param args those after the program's name.
 * @throws UserError for a network that is not in the report's study; CommanderError for other wrong usage, and for help.
 */
export function parseArguments(args: readonly string[]): BenchRequest {
  const command = new Command('npm run bench --')
    .description(
      'Measures training against PyTorch, TensorFlow for Python and plain tfjs-node, side by side on this machine.',
    )
    .option('--all', "every network of the report's study (about an hour), not only five of them")
    .option('--only <name...>', 'these networks alone; the results are shown and not written into docs/')
    .addHelpText('after', '\nExample:\n  npm run bench -- --only simple_cnn')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(--help tells more)');
  const { all, only } = command.parse(args, { from: 'user' }).opts<{ all?: true; only?: string[] }>();
  if (all && only) throw new UserError('--all and --only exclude each other; give one of them');
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
