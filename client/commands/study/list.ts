import { defineSearchAttributeKey } from '@temporalio/common';
import { lastDecided } from '../../../report/facts/study-facts.ts';
import { readRecord, readStudy } from '../../../storage/studies.ts';
import type { StudyRecord } from '../../../study/record/record.ts';
import type { Measured } from '../../../study/trial/measure.ts';
import { SEARCH_ATTRIBUTES } from '../../../temporal/names.ts';
import { datasetAsLabel } from '../../../words/dataset.ts';
import { scoreInWords } from '../../../words/measure.ts';
import { percent } from '../../../words/numbers.ts';
import { rememberIds } from '../../command-line/known-ids.ts';
import { describeWorkflow, studyIds } from '../../observe/find-study.ts';
import { type Session, warnIfNothingTrains, withSession } from '../../servers/session.ts';
import { table } from '../../terminal/text.ts';

export async function list({ json }: { json?: boolean }): Promise<void> {
  const studies = await withSession({ level: 'servers' }, async (session) => {
    const all = await summaries(session);
    for (const { studyId, status } of all) if (status === 'running') warnIfNothingTrains(session, studyId);
    return all;
  });
  await rememberIds(studies.map(({ studyId }) => studyId));
  if (json) console.log(JSON.stringify(studies, null, 2));
  else if (studies.length === 0) console.log('No studies yet. To start one: npx staged-study run');
  else console.log(describe(studies));
}

// --- helpers ---

type Summary = Awaited<ReturnType<typeof summaries>>[number];

/** All studies, newest first. */
async function summaries(session: Session) {
  const { store } = session;
  const studies = await Promise.all(
    (await studyIds(session)).map(async (studyId) => {
      const [opening, record, workflow] = await Promise.all([
        readStudy(store, studyId),
        readRecord(store, studyId),
        describeWorkflow(session, studyId),
      ]);
      return {
        studyId,
        // Temporal deletes ended workflows after a while; the store keeps their studies.
        status: statusOf(workflow),
        profile: opening?.profile ?? String(workflow?.memo?.profile ?? ''),
        data: opening ? datasetAsLabel(opening.dataset.origin) : '',
        startedAt: opening?.startedAt ?? workflow?.startTime.toISOString() ?? '',
        winner: (record && lastDecided(record)?.trial.name) ?? null,
        testAccuracy: record?.test?.mean?.accuracy ?? record?.test?.accuracy ?? null,
        ...testScore(record),
      };
    }),
  );
  return studies.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** In the study's measure, if that is not accuracy. */
function testScore(record: StudyRecord | undefined): Measured & { testScore?: number } {
  const { mean, measure } = record?.test ?? {};
  return measure && mean?.score !== undefined ? { measure, testScore: mean.score } : {};
}

function testCell({ testAccuracy, testScore: score, measure }: Summary): string {
  if (score !== undefined) return scoreInWords(score, measure);
  return testAccuracy === null ? '' : percent(testAccuracy);
}

function statusOf(workflow: Awaited<ReturnType<typeof describeWorkflow>>): string {
  if (workflow?.status.name === 'RUNNING' && workflow.typedSearchAttributes.get(PAUSED)) return 'paused';
  return workflow?.status.name.toLowerCase() ?? 'not in Temporal';
}

const PAUSED = defineSearchAttributeKey('Paused', SEARCH_ATTRIBUTES.Paused);

const ENDED_EARLY = ['cancelled', 'failed', 'terminated', 'timed_out'];

function describe(studies: Summary[]): string {
  const rows = table(
    ['study', 'status', 'profile', 'data', 'started', 'winner', 'test'],
    studies.map((study) => [
      study.studyId,
      study.status.replaceAll('_', ' '),
      study.profile,
      study.data,
      study.startedAt.slice(0, 16).replace('T', ' '),
      study.winner ?? '',
      testCell(study),
    ]),
  );
  if (!studies.some(({ status }) => ENDED_EARLY.includes(status))) return rows;
  return (
    `${rows}\n\nTo run a study again that was cancelled, failed or terminated, repeat the command that started it:\n` +
    'trials that have results are not trained again.'
  );
}
