import { rank } from '../../study/plan/winner.ts';
import type { StageRow } from '../status.ts';

/** What fits into an answer to a query and into the input of a workflow that continues as new: a row is below 1 kB. */
const MOST_ROWS = 500;
/** So many are left, so that not every end of a trial has rows to drop. */
const LEFT_ROWS = 450;
/** Those that a person who watches may not have seen yet. */
const NEWEST = 100;

/**
 * The rows of a search that its workflow remembers, in their order: the winner that it started from, those that have not ended, the
 * newest and the best. The others are in the search's log.
 *
 * @param rows in the order in which they were entered.
 */
export function keptRows(
  rows: StageRow[],
  { most, left, newest } = { most: MOST_ROWS, left: LEFT_ROWS, newest: NEWEST },
): StageRow[] {
  if (rows.length <= most) return rows;
  const ended = rows.flatMap((row) =>
    row.standing ? [{ row, name: row.name, score: row.standing.score }] : [],
  );
  const kept = new Set(rows.filter((row) => !row.standing || row.standing.takenOver));
  for (const { row } of ended.slice(-newest)) kept.add(row);
  for (const { row } of rank(ended)) {
    if (kept.size >= left) break;
    kept.add(row);
  }
  return rows.filter((row) => kept.has(row));
}
