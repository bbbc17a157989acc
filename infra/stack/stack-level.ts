/**
 * How much of a stack is up: the servers; with them a worker that answers queries and carries out decisions of
 * workflows, but no activity; or with them the workers that train. Each level can do what those before it can.
 */
const LEVELS = ['servers', 'queries', 'training'] as const;
export type StackLevel = (typeof LEVELS)[number];

export function includesLevel(level: StackLevel, wanted: StackLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}

/** @returns undefined if there are none. */
export function highestLevel(levels: readonly StackLevel[]): StackLevel | undefined {
  return LEVELS.findLast((level) => levels.includes(level));
}
