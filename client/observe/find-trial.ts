import type { WorkflowExecutionDescription } from '@temporalio/client';
import { UserError } from '../../infra/user-error.ts';
import { lastDecided } from '../../report/facts/study-facts.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { listStudies, readRecord, readStageRecord, readStudy } from '../../storage/studies.ts';
import { readResult, type TrialResult } from '../../storage/trials/trials.ts';
import { didYouMean } from '../../study/definition/did-you-mean.ts';
import { candidateOf } from '../../study/plan/ranking.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { endAsVerb } from '../../words/outcome.ts';
import { runAgainCommand, STUDY_IS, statusInWords } from '../../words/study-end.ts';
import { UsageError } from '../command-line/exit-codes.ts';
import { isNamed, onlyOne } from './trial-names.ts';

/** A trial of a study that has ended, with its stage in the record. */
export interface FoundTrial {
  record: StudyRecord;
  stage: StageRecord;
  trial: TrialRecord;
  result: TrialResult;
}

/** Temporal's status of a study's workflow; undefined if it doesn't know the study. */
type StatusOf = (studyId: string) => Promise<WorkflowExecutionDescription['status']['name'] | undefined>;

/**
 * Finds a completed trial of a study that has ended. Of one that was cancelled or failed, a trial can be named if its stage had
 * ended.
 *
 * @param statusOf called if the study has no record, to say why.
 * @param name the trial's name, also with its stage: `width/small`. Default: the study's winner, which is the trial of the final
 *   test, or without a test the winner of the last stage.
 * @throws {UsageError} if there is no such study or trial, or several trials have the name.
 * @throws {UserError} if the study has not completed or the trial has no weights.
 */
export async function findTrial(
  store: ObjectStore,
  studyId: string,
  name: string | undefined,
  statusOf: StatusOf,
): Promise<FoundTrial> {
  const record = await endedStudy(store, studyId, name, statusOf);
  const { stage, trial } = name === undefined ? winnerOf(record) : namedTrial(record, name);
  const result = trial.trialKey ? await readResult(store, trial.trialKey) : undefined;
  if (result?.outcome !== 'completed') {
    throw new UserError(
      `trial: expected a trial that completed, got "${trial.name}", which ${endAsVerb(trial)}${trial.message ? ` (${trial.message})` : ''}`,
    );
  }
  return { record, stage, trial, result };
}

// --- helpers ---

async function endedStudy(
  store: ObjectStore,
  studyId: string,
  name: string | undefined,
  statusOf: StatusOf,
): Promise<StudyRecord> {
  const known = await listStudies(store);
  if (!known.includes(studyId)) {
    throw new UsageError(
      `study: expected the id of a study in the object store (${known.join(', ') || 'it has none yet'}), got "${studyId}"` +
        didYouMean(studyId, known),
    );
  }
  const record = await readRecord(store, studyId);
  if (record) return record;
  const status = await statusOf(studyId);
  const expected = `study: expected a study that has completed, got "${studyId}"`;
  if (status === 'RUNNING')
    throw new UserError(
      `${expected}, which is still running; to see how far it is: npx staged-study status ${studyId}`,
    );
  const soFar = name === undefined ? undefined : await recordSoFar(store, studyId);
  if (soFar) return soFar;
  const why = status === undefined ? 'has no record' : `is ${statusInWords(status)}`;
  const { profile = '…' } = (await readStudy(store, studyId)) ?? {};
  throw new UserError(
    `${expected}, which ${why}; to run it again: ${runAgainCommand(profile)}. ${STUDY_IS} Trials that have results are not trained again.`,
  );
}

/** @returns undefined if no stage has ended. */
async function recordSoFar(store: ObjectStore, studyId: string): Promise<StudyRecord | undefined> {
  const opening = await readStudy(store, studyId);
  const names = opening?.study.stages.map((stage) => stage.name) ?? [];
  const read = await Promise.all(names.map((stage) => readStageRecord(store, studyId, stage)));
  const stages = read.filter((stage) => stage !== undefined);
  if (!opening || stages.length === 0) return undefined;
  return { format: 1, opening, finishedAt: new Date().toISOString(), stages, test: null };
}

function winnerOf(record: StudyRecord): { stage: StageRecord; trial: TrialRecord } {
  const tested = places(record).findLast(
    ({ stage, trial }) => trial.trialKey === record.test?.trialKey && candidateOf(trial) === stage.winner,
  );
  const found = tested ?? lastDecided(record);
  if (found) return found;
  throw new UserError(
    `study: expected a study with a winner, got "${record.opening.studyId}", in which no trial has a score`,
  );
}

function namedTrial(record: StudyRecord, name: string): { stage: StageRecord; trial: TrialRecord } {
  const own = places(record).filter(({ trial }) => !trial.takenOver);
  const named = own.map((place) => ({ stage: place.stage.name, name: place.trial.name, place }));
  const found = onlyOne(
    named.filter((each) => isNamed(each, name)),
    name,
  );
  if (found) return found.place;
  const names = [...new Set(own.map(({ trial }) => trial.name))];
  throw new UsageError(`trial: expected one of ${names.join(', ')}, got "${name}"${didYouMean(name, names)}`);
}

function places({ stages }: StudyRecord): { stage: StageRecord; trial: TrialRecord }[] {
  return stages.flatMap((stage) => stage.trials.map((trial) => ({ stage, trial })));
}
