import { Command } from 'commander';
import { lastDecided } from '../../../report/facts/study-facts.ts';
import { readRecord, readStudy } from '../../../storage/studies.ts';
import { percent } from '../../../words/numbers.ts';
import { helpText } from '../../command-line/help.ts';
import { describeWorkflow, studyIds } from '../../observe/find-study.ts';
import { type Session, withSession } from '../../servers/session.ts';
import { table } from '../../terminal/table.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('List all studies, the newest first, with their winners and final tests.')
    .option('--json', 'as JSON')
    .addHelpText('after', helpText({ examples: ['list', 'list --json'], exits: { 0: 'done', 1: 'failed' } }))
    .action((options: { json?: boolean }) => withSession({}, (session) => list(session, options)));
}

// --- helpers ---

async function list(session: Session, { json }: { json?: boolean }): Promise<void> {
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
        // Temporal may have forgotten a study that the store still holds.
        status: workflow?.status.name.toLowerCase() ?? 'not in Temporal',
        profile: opening?.profile ?? String(workflow?.memo?.profile ?? ''),
        data: opening?.dataset.origin.kind ?? '',
        startedAt: opening?.startedAt ?? workflow?.startTime.toISOString() ?? '',
        winner: (record && lastDecided(record)?.trial.name) ?? null,
        testAccuracy: record?.test?.accuracy ?? null,
      };
    }),
  );
  studies.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  if (json) console.log(JSON.stringify(studies, null, 2));
  else if (studies.length === 0) console.log('No studies yet; start one: npm run study');
  else {
    console.log(
      table(
        ['study', 'status', 'profile', 'data', 'started', 'winner', 'test'],
        studies.map(({ studyId, status, profile, data, startedAt, winner, testAccuracy }) => [
          studyId,
          status,
          profile,
          data,
          startedAt.slice(0, 16).replace('T', ' '),
          winner ?? '',
          testAccuracy === null ? '' : percent(testAccuracy),
        ]),
      ),
    );
  }
}
