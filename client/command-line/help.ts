/** What a command's `--help` prints after its options. */
export interface Help {
  notes?: string;
  /** Commands without `npx staged-study`, each with an optional comment after two spaces and `#`. */
  examples: string[];
  /** The exit codes of this command, without those that all commands have. */
  exits: Record<number, string>;
}

const COMMON_EXITS = { 2: 'wrong usage; nothing was done', 130: 'interrupted by Ctrl-C' };

export function helpText({ notes, examples, exits }: Help): string {
  const codes = Object.entries({ ...COMMON_EXITS, ...exits }).map(
    ([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`,
  );
  return [
    '',
    ...(notes ? [notes, ''] : []),
    examples.length > 1 ? 'Examples:' : 'Example:',
    ...examples.map((example) => `  npx staged-study ${example}`),
    '',
    'Exit codes:',
    ...codes,
  ].join('\n');
}
