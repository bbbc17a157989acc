import { inParallel } from '../storage/in-parallel.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readStudy, writeStageRecord } from '../storage/studies.ts';
import { readResult } from '../storage/trials/trials.ts';
import type { Stage } from '../study/definition/stage-schema.ts';
import { inBrief, type VerdictInBrief } from '../study/record/comparison-record.ts';
import type { TrialRecord, TrialStanding } from '../study/record/record.ts';
import type { SearchEnd } from '../study/record/search-record.ts';
import { compareRanked, compareVariant } from './record/compare-stage.ts';
import { searchResults } from './search-results.ts';

export interface EndedStage {
  name: string;
  kind: Exclude<Stage['kind'], 'test'>;
  start: string | null;
  standings: TrialStanding[];
  /** The winning candidate's name. */
  winner: string | null;
  /** Of a variant: the runs of the stages whose candidates it varies. */
  ordinary?: Pick<TrialStanding, 'name' | 'candidate' | 'trialKey' | 'score'>[];
  /** How a search ended. */
  search?: SearchEnd;
}

/**
 * Writes the record of a stage from the stored results of its trials, and compares its candidates. A stage at a time, since the
 * standings of a large study's trials don't fit into one message.
 *
 * @returns what the study's workflow shows of it.
 */
export function createWriteStage({ store }: { store: ObjectStore }) {
  return async ({
    studyId,
    stage,
  }: {
    studyId: string;
    stage: EndedStage;
  }): Promise<{ verdict: VerdictInBrief | null }> => {
    const opening = await readStudy(store, studyId);
    if (!opening) throw new Error(`study ${studyId}: expected its study.json in the store, found none`);
    const { standings: known, ordinary, search: end, ...rest } = stage;
    const { seed, stages } = opening.study;
    const definition = stages.find(({ name }) => name === stage.name);
    const found =
      end && definition
        ? await searchResults(store, studyId, definition, { end, standings: known })
        : undefined;
    const standings = found?.standings ?? known;
    const trials = await inParallel(standings, (standing) => trialRecord(store, standing));
    const verdict =
      rest.winner === null ? null : await compareRanked(store, { standings, winner: rest.winner }, seed);
    await writeStageRecord(store, studyId, {
      ...rest,
      question: definition?.question ?? '',
      trials,
      ...(rest.winner !== null && { verdict }),
      ...(ordinary && { changes: await compareVariant(store, { standings, ordinary }, seed) }),
      ...(found && { search: found.search }),
    });
    return { verdict: verdict && inBrief(verdict) };
  };
}

// --- helpers ---

async function trialRecord(store: ObjectStore, standing: TrialStanding): Promise<TrialRecord> {
  const result = standing.trialKey ? await readResult(store, standing.trialKey) : undefined;
  return {
    ...standing,
    config: result?.spec.config ?? null,
    seed: result?.spec.seed ?? null,
    repetition: result?.spec.repetition ?? null,
    initialWeights: result?.spec.initialWeights ?? null,
    message: result?.message ?? standing.message,
    scoreInTrainingMode: result?.scoreInTrainingMode ?? null,
    parameters: result?.parameters ?? null,
    attempts: result?.term ?? null,
    trainingSeconds: result?.trainingSeconds ?? null,
    startedAt: result?.startedAt ?? null,
    finishedAt: result?.finishedAt ?? null,
    tensorsSha256: result?.tensorsSha256 ?? null,
    lines: result?.lines ?? [],
    environment: result?.environment ?? null,
    ...(result?.earlierEnvironments && { earlierEnvironments: result.earlierEnvironments }),
  };
}
