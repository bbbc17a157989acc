/**
 * Temporal's priorities, of 1 to 5: lower numbers go first. A workflow has the usual one unless it is given another, and its
 * children and activities inherit it.
 */
export const PRIORITY = {
  usual: { priorityKey: 3 },
  /** Trials of a stage whose turn has not come. */
  early: { priorityKey: 4 },
  /** Side experiments. */
  side: { priorityKey: 5 },
};
