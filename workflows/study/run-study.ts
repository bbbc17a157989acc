import type { TrialStanding } from '../../study/record/record.ts';
import { writeRecord, writeReport } from '../activities.ts';
import type { StudyStatus } from '../status.ts';
import type { StudyOutcome, StudyRequest } from '../study-workflow.ts';
import { prepareStudy } from './prepare-study.ts';
import { runStages, type StudyPage } from './run-stages.ts';

/**
 * Runs a study to its end: data and weights, stages, record, report.
 *
 * @param status and `standings`, those of the stages that have ended, are kept up to date.
 */
export async function runStudy(
  request: StudyRequest,
  status: StudyStatus,
  standings: Map<string, TrialStanding[]>,
  page: StudyPage,
): Promise<StudyOutcome> {
  const { studyId } = status;
  const prepared = await prepareStudy(request, status);
  const { tested } = await runStages(prepared, { status, standings, page });
  const stages = request.study.stages.filter(({ kind }) => kind !== 'test').map(({ name }) => name);
  const { recordKey } = await writeRecord({ studyId, stages, tested });
  await writeReport({ studyId });
  const winner = status.stages.findLast((stage) => stage.winner)?.winner ?? null;
  return { winner, test: status.test, recordKey };
}
