/** What a command's `--help` says after its options. */
export interface Help {
  /** What options alone don't tell. */
  notes?: string;
  /** Commands without `npx staged-study`; a comment after two spaces and `#` is told with them. */
  examples: string[];
  /** What each exit code of this command means, but for those that all have. */
  exits: Record<number, string>;
}

const EVERYWHERE = { 2: 'wrong usage, and nothing was done', 130: 'ended by Ctrl-C' };

export function helpText({ notes, examples, exits }: Help): string {
  const codes = Object.entries({ ...EVERYWHERE, ...exits }).map(
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
