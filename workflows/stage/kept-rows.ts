import { rankCandidates } from '../../study/plan/ranking.ts';
import { candidateOfRun } from '../../study/plan/runs.ts';
import type { StageRow } from '../status.ts';

/** What fits into an answer to a query and into the input of a workflow that continues as new: a row is below 1 kB. */
const MOST_ROWS = 500;
/** So many are left, so that not every end of a trial has rows to drop. */
const LEFT_ROWS = 450;
/** Those that a person who watches may not have seen yet. */
const NEWEST = 100;

/**
 * The rows of a search that its workflow remembers, in their order: the winner that it started from, those that have not ended, the
 * newest and the best. A candidate's runs stay together. The others are in the search's log.
 *
 * @param rows in the order in which they were entered.
 */
export function keptRows(
  rows: StageRow[],
  { most, left, newest } = { most: MOST_ROWS, left: LEFT_ROWS, newest: NEWEST },
): StageRow[] {
  if (rows.length <= most) return rows;
  const runs = new Map<string, number>();
  for (const { name } of rows) runs.set(candidateOfRun(name), (runs.get(candidateOfRun(name)) ?? 0) + 1);
  const kept = new Set<string>();
  let room = left;
  const keep = (name: string) => {
    if (kept.has(name)) return;
    kept.add(name);
    room -= runs.get(name) ?? 0;
  };
  for (const { name, standing } of rows) if (!standing || standing.takenOver) keep(candidateOfRun(name));
  const ended = rows.flatMap(({ standing }) => standing ?? []);
  for (const { name } of ended.slice(-newest)) keep(candidateOfRun(name));
  for (const { name } of rankCandidates(ended)) {
    if (room <= 0) break;
    keep(name);
  }
  return rows.filter(({ name }) => kept.has(candidateOfRun(name)));
}
