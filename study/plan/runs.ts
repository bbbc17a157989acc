/** The runs of a candidate: the same configuration, each time with another seed. */

/** A candidate's run from the second on. Its first is named as the candidate. */
export interface LaterRun {
  candidate: string;
  /** How many runs come before it. */
  index: number;
}

/** `simple_cnn`, `simple_cnn@2`, `simple_cnn@3`. No name that a person writes has an `@`, so these are free. */
export function runName(candidate: string, index: number): string {
  return index === 0 ? candidate : `${candidate}@${index + 1}`;
}

/** The candidate that a run belongs to, by the run's name. */
export function candidateOfRun(name: string): string {
  return name.replace(/@\d+$/, '');
}

/** The seeds follow one another. After the greatest comes 0. */
export function runSeed(studySeed: number, index: number): number {
  return (studySeed + index) % SEEDS;
}

/**
 * A candidate's runs, the first as it is.
 *
 * @param has how many it has already, which are left out.
 */
export function asRuns<T extends { name: string; of: string | null }>(
  trial: T,
  repeats: number,
  has = 0,
): (T & { run?: LaterRun })[] {
  return Array.from({ length: Math.max(0, repeats - has) }, (_, place) => {
    const index = has + place;
    if (index === 0) return trial;
    const of = trial.of === null ? null : runName(trial.of, index);
    return { ...trial, name: runName(trial.name, index), of, run: { candidate: trial.name, index } };
  });
}

/** How many of the configurations that a search has drawn have ended, with all their runs. */
export function endedEvaluations(
  trials: readonly { name: string; drawn: unknown; standing: unknown }[],
): number {
  const drawn = trials.filter((trial) => trial.drawn);
  const open = new Set(drawn.filter(({ standing }) => !standing).map(({ name }) => candidateOfRun(name)));
  const all = new Set(drawn.map(({ name }) => candidateOfRun(name)));
  return all.size - open.size;
}

// --- helpers ---

const SEEDS = 2 ** 31;
